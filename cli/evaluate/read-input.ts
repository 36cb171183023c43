import type { ScoredRow } from '../../statistics/fairness/evaluation-data';
import { type GroupColumn, groupReader } from './group-values';
import { type InputFault, InputFaults, type TableName } from './input-faults';
import { readRecords } from './read-records';
import {
  idNames,
  patientColumns,
  placeOf,
  plain,
  requirePlace,
  type Table,
  tableOf,
  usualAttributes,
} from './table-columns';

export interface InputSettings {
  /** Name of the column of ids; unless given, one of `idColumns`. */
  readonly id?: string | undefined;
  /** Columns of the labels; unless given, those of `usualAttributes` that are there. */
  readonly groups?: readonly string[] | undefined;
  /** Whether scores must be probabilities. */
  readonly areProbabilities: boolean;
}

export type EvaluationInput =
  | {
      readonly valid: true;
      readonly rows: readonly ScoredRow[];
      readonly attributes: readonly string[];
    }
  | { readonly valid: false; readonly faults: readonly InputFault[] };

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A value with the line on which it stands. */
interface Located<T> {
  readonly line: number;
  readonly value: T;
}

interface Label {
  readonly patient: string;
  readonly positive: boolean;
  readonly groups: readonly (string | null)[];
}

/** Reads a table row by row into values by id; a row at fault has none, and its id is known all the same. */
function byId<T>(
  table: Table,
  idPlace: number,
  faults: InputFaults,
  read: (fields: readonly string[], line: number) => T | null,
): Map<string, Located<T | null>> {
  const found = new Map<string, Located<T | null>>();
  const column = table.header[idPlace] === undefined ? null : 'id';
  for (const { line, fields } of table.rows) {
    const id = (fields[idPlace] ?? '').trim();
    const value = read(fields, line);
    if (id === '') faults.add(table.name, 'EVALUATION_ID_MISSING', line, column, 'an id');
    else if (found.has(id)) faults.add(table.name, 'EVALUATION_ID_REPEATED', line, column, 'each id once');
    else found.set(id, { line, value });
  }
  return found;
}

function scoreReader(table: Table, areProbabilities: boolean, faults: InputFaults) {
  const place = requirePlace(table, ['score'], faults);
  const expected = areProbabilities ? 'a number from 0 to 1' : 'a number';
  return (fields: readonly string[], line: number): number | null => {
    if (place === -1) return null;
    const text = (fields[place] ?? '').trim();
    const score = number.test(text) ? Number(text) : Number.NaN;
    if (text === '') faults.add('predictions', 'EVALUATION_SCORE_MISSING', line, 'score', expected);
    else if (!Number.isFinite(score))
      faults.add('predictions', 'EVALUATION_SCORE_INVALID', line, 'score', expected);
    else if (areProbabilities && (score < 0 || score > 1))
      faults.add('predictions', 'EVALUATION_SCORE_RANGE', line, 'score', expected);
    else return score;
    return null;
  };
}

function labelReader(table: Table, columns: readonly GroupColumn[], faults: InputFaults) {
  const patientPlace = requirePlace(table, patientColumns, faults);
  const labelPlace = requirePlace(table, ['label'], faults);
  const groupsOf = groupReader(columns, faults);
  return (fields: readonly string[], line: number): Label | null => {
    const groups = groupsOf(fields, line);
    const patient = (fields[patientPlace] ?? '').trim();
    const label = (fields[labelPlace] ?? '').trim();
    const named = patient !== '';
    const labelled = label === '0' || label === '1';
    if (patientPlace !== -1 && !named)
      faults.add('labels', 'EVALUATION_PATIENT_MISSING', line, 'patient', 'the patient');
    if (labelPlace !== -1 && !labelled)
      faults.add('labels', 'EVALUATION_LABEL_INVALID', line, 'label', '0 or 1');
    return named && labelled ? { patient, positive: label === '1', groups } : null;
  };
}

/** Ids that stand in one table alone. */
function unmatched(
  left: ReadonlyMap<string, Located<unknown>>,
  right: ReadonlyMap<string, Located<unknown>>,
  add: (line: number) => void,
): void {
  for (const [id, { line }] of left) if (!right.has(id)) add(line);
}

function match(
  scores: ReadonlyMap<string, Located<number | null>>,
  labels: ReadonlyMap<string, Located<Label | null>>,
  faults: InputFaults,
): ScoredRow[] {
  unmatched(scores, labels, (line) =>
    faults.add('predictions', 'EVALUATION_ID_NOT_LABELLED', line, 'id', 'ids of the labels'),
  );
  unmatched(labels, scores, (line) =>
    faults.add('labels', 'EVALUATION_ID_NOT_SCORED', line, 'id', 'ids of the predictions'),
  );
  const rows: ScoredRow[] = [];
  for (const [id, { value: label }] of labels) {
    const score = scores.get(id)?.value ?? null;
    if (label !== null && score !== null) rows.push({ id, score, ...label });
  }
  if (faults.isEmpty && rows.every(({ positive }) => positive === rows[0]?.positive))
    faults.add('labels', 'EVALUATION_ONE_CLASS', null, 'label', 'some rows of 0 and some of 1');
  return rows;
}

/** Whether a table has rows below what looks like a header of its own. */
function checkShape(table: Table, known: readonly string[], faults: InputFaults): void {
  if (faults.has(table.name)) return;
  if (placeOf(table, known) === null)
    faults.add(table.name, 'EVALUATION_HEADER_MISSING', 1, null, known.join(', '));
  else if (table.rows.length === 0) faults.add(table.name, 'EVALUATION_NO_ROWS', null, null, 'rows');
}

/** Reads predictions and labels, and puts them together by id: all of them, or all that is wrong with them. */
export function readInput(predictions: Buffer, labels: Buffer, settings: InputSettings): EvaluationInput {
  const faults = new InputFaults();
  const read = (name: TableName, bytes: Buffer) => tableOf(name, readRecords(bytes, name, faults), faults);
  const tables = { predictions: read('predictions', predictions), labels: read('labels', labels) };
  const ids = idNames(Object.values(tables), settings.id);
  checkShape(tables.predictions, [...ids, 'score'], faults);
  checkShape(tables.labels, [...ids, ...patientColumns, 'label'], faults);
  const readable = (table: Table) =>
    table.rows.length > 0 && !faults.list().some(({ code }) => code === 'EVALUATION_HEADER_MISSING');
  if (!Object.values(tables).every(readable)) return { valid: false, faults: faults.list() };
  const attributes =
    settings.groups ?? usualAttributes.filter((name) => placeOf(tables.labels, [name]) !== null);
  const columns = attributes.map((name): GroupColumn => {
    const place = requirePlace(tables.labels, [name], faults);
    return { name, plainName: plain(name), place };
  });
  const scored = byId(
    tables.predictions,
    requirePlace(tables.predictions, ids, faults),
    faults,
    scoreReader(tables.predictions, settings.areProbabilities, faults),
  );
  const labelled = byId(
    tables.labels,
    requirePlace(tables.labels, ids, faults),
    faults,
    labelReader(tables.labels, columns, faults),
  );
  const hasColumns = !faults.list().some(({ code }) => code === 'EVALUATION_COLUMN_MISSING');
  const rows = hasColumns ? match(scored, labelled, faults) : [];
  return faults.isEmpty ? { valid: true, rows, attributes } : { valid: false, faults: faults.list() };
}
