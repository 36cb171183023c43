import { canonicalFilter } from '../cohorts/filter-canonical.contract';
import { type FieldName, fieldOf } from '../cohorts/filter-fields.contract';
import type { Condition, Filter } from '../cohorts/filter-tree.contract';
import { type FacetColumn, type FacetRow, facetColumns } from './sql/facets';

/**
 * A release in memory, for questions that are asked while somebody types: each column as numbers of its different values, rows
 * in the order of patients and studies. Whether a filter takes a row is then a look into a table of values, and a patient
 * is counted where the number changes. Its answers are those of the SQL.
 */
export interface ReleaseIndex {
  readonly rows: number;
  /** By row, ascending. */
  readonly patients: Int32Array;
  readonly studies: Int32Array;
  readonly columns: ReadonlyMap<IndexColumn, CodedColumn>;
}

export type IndexColumn = FacetColumn | 'rows_of_image' | 'columns_of_image' | 'instances' | 'age';

export const indexColumns: readonly IndexColumn[] = [
  ...facetColumns,
  'rows_of_image',
  'columns_of_image',
  'instances',
  'age',
];

type Value = string | number | boolean | null;

interface CodedColumn {
  readonly codes: Uint16Array;
  /** The value of each code; null is one of them. */
  readonly values: readonly Value[];
}

/** Different values of a column, at most: what a code holds. */
const mostValues = 65_536;

export interface IndexCounts {
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
}

/**
 * Makes the index of rows that come by column. A release has its rows in the order of study numbers, which is that of patients.
 * @throws Error where rows are not in this order, or a column has too many values
 */
export function buildReleaseIndex(
  patients: Int32Array,
  studies: Int32Array,
  columns: ReadonlyMap<IndexColumn, readonly Value[]>,
): ReleaseIndex {
  for (let row = 1; row < studies.length; row += 1)
    if ((studies[row] ?? 0) < (studies[row - 1] ?? 0) || (patients[row] ?? 0) < (patients[row - 1] ?? 0))
      throw new Error(`row ${row} of a release is out of order`);
  const coded = [...columns].map(([name, values]) => [name, codedColumn(name, values)] as const);
  return { rows: studies.length, patients, studies, columns: new Map(coded) };
}

function codedColumn(name: IndexColumn, column: readonly Value[]): CodedColumn {
  const codes = new Uint16Array(column.length);
  const known = new Map<Value, number>();
  column.forEach((value, row) => {
    let code = known.get(value);
    if (code === undefined) {
      code = known.size;
      if (code === mostValues) throw new Error(`column ${name} has more than ${mostValues} values`);
      known.set(value, code);
    }
    codes[row] = code;
  });
  return { codes, values: [...known.keys()] };
}

/** 1 for each row that a filter takes and that is not of a withdrawn study. */
export function matchingRows(
  index: ReleaseIndex,
  filter: Filter,
  withdrawn: ReadonlySet<number>,
): Uint8Array {
  const canonical = canonicalFilter(filter);
  const rows =
    canonical.kind === 'everything' ? new Uint8Array(index.rows).fill(1) : matches(index, canonical);
  if (withdrawn.size > 0)
    for (let row = 0; row < index.rows; row += 1)
      if (rows[row] === 1 && withdrawn.has(index.studies[row] ?? 0)) rows[row] = 0;
  return rows;
}

/** A canonical filter has no `not`, so "unknown" may count as "false". */
function matches(index: ReleaseIndex, condition: Condition): Uint8Array {
  switch (condition.kind) {
    case 'not':
      throw new Error('a canonical filter has no `not`');
    case 'and':
    case 'or':
      return joined(
        condition.kind,
        condition.operands.map((each) => matches(index, each)),
      );
    default:
      return matchesOne(index, condition);
  }
}

function joined(kind: 'and' | 'or', [first, ...others]: readonly Uint8Array[]): Uint8Array {
  if (first === undefined) throw new Error(`${kind} of no conditions`);
  for (const other of others)
    if (kind === 'and')
      for (let row = 0; row < first.length; row += 1) first[row] = (first[row] ?? 0) & (other[row] ?? 0);
    else for (let row = 0; row < first.length; row += 1) first[row] = (first[row] ?? 0) | (other[row] ?? 0);
  return first;
}

type FieldCondition = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

function matchesOne(index: ReleaseIndex, condition: FieldCondition): Uint8Array {
  const { codes, values } = columnOf(index, fieldOf(condition.field).column as IndexColumn);
  const taken = Uint8Array.from(values, (value) => (takesValue(condition, value) ? 1 : 0));
  const rows = new Uint8Array(index.rows);
  for (let row = 0; row < rows.length; row += 1) rows[row] = taken[codes[row] ?? 0] ?? 0;
  return rows;
}

function takesValue(condition: FieldCondition, value: Value): boolean {
  if (condition.kind === 'known') return (value !== null) !== condition.negated;
  if (value === null) return false;
  if (condition.kind === 'in-numbers')
    return condition.numbers.some((number) => number === value) !== condition.negated;
  if (condition.kind === 'in-values')
    return condition.values.includes(comparable(condition.field, value)) !== condition.negated;
  const number = Number(value);
  if (number === condition.number) return condition.operator.endsWith('=');
  return number < condition.number === condition.operator.startsWith('<');
}

function comparable(name: FieldName, value: Exclude<Value, null>): string {
  const field = fieldOf(name);
  return field.kind === 'open' && field.letters === 'any' ? String(value).toUpperCase() : String(value);
}

function columnOf(index: ReleaseIndex, name: IndexColumn): CodedColumn {
  const column = index.columns.get(name);
  if (column === undefined) throw new Error(`the index has no column ${name}`);
  return column;
}

export function countsOf(index: ReleaseIndex, rows: Uint8Array): IndexCounts {
  let [patients, studies, series, patient, study] = [0, 0, 0, -1, -1];
  for (let row = 0; row < rows.length; row += 1) {
    if (rows[row] === 0) continue;
    series += 1;
    const ofStudy = index.studies[row] ?? 0;
    if (ofStudy === study) continue;
    study = ofStudy;
    studies += 1;
    const ofPatient = index.patients[row] ?? 0;
    if (ofPatient !== patient) patients += 1;
    patient = ofPatient;
  }
  return { patients, studies, series };
}

/** The numbers of the patients of rows, ascending. */
export function patientsOf(index: ReleaseIndex, rows: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let row = 0; row < rows.length; row += 1) {
    const patient = index.patients[row] ?? 0;
    if (rows[row] === 1 && patient !== numbers.at(-1)) numbers.push(patient);
  }
  return numbers;
}

/** True counts by each value of a facet. */
export function facetOf(index: ReleaseIndex, rows: Uint8Array, facet: FacetColumn): FacetRow[] {
  const { codes, values } = columnOf(index, facet);
  const patients = new Int32Array(values.length);
  const studies = new Int32Array(values.length);
  const lastPatient = new Int32Array(values.length).fill(-1);
  const lastStudy = new Int32Array(values.length).fill(-1);
  for (let row = 0; row < rows.length; row += 1) {
    if (rows[row] === 0) continue;
    const code = codes[row] ?? 0;
    const study = index.studies[row] ?? 0;
    if (lastStudy[code] === study) continue;
    lastStudy[code] = study;
    studies[code] = (studies[code] ?? 0) + 1;
    const patient = index.patients[row] ?? 0;
    if (lastPatient[code] === patient) continue;
    lastPatient[code] = patient;
    patients[code] = (patients[code] ?? 0) + 1;
  }
  return values.flatMap((value, code) =>
    studies[code] === 0 ? [] : [{ facet, value, patients: patients[code] ?? 0, studies: studies[code] ?? 0 }],
  );
}
