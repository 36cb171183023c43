import { type Action, type Answer, removals } from './answer-key';
import { isRemoved, isRetained } from './compare-text';
import type { ScoredFile } from './scored-file';
import { parseTagPath } from './tag-path';

/** Which UID and patient number became which. */
export interface Mappings {
  readonly uids: ReadonlyMap<string, string>;
  readonly patientIds: ReadonlyMap<string, string>;
}

/** An instance of the source set: what it stands below, and how to read its output. */
export interface ScoredInstance {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patientId: string;
  /** Null where the output is missing. Throws where it cannot be read. */
  readonly open: () => ScoredFile | null;
}

export interface CheckResult {
  readonly answer: Answer;
  readonly instance: ScoredInstance;
  /** `dropped`: a check of pixels that could not be made is left out of the score, as in MIDI-B. */
  readonly result: 'passed' | 'failed' | 'dropped';
}

/** Actions that a missing output passes: what is not there shows nothing. */
const passesWithoutOutput = removals;

function passes(answer: Answer, file: ScoredFile, mappings: Mappings): boolean {
  const path = parseTagPath(answer.tag);
  const value = file.text(path);
  switch (answer.action) {
    case 'tag_retained':
      return value !== null;
    case 'text_notnull':
      return file.hasValue(path) === true;
    case 'text_retained':
      return value !== null && isRetained(answer.text, value);
    case 'text_removed':
      return value === null || isRemoved(answer.text, value);
    case 'date_shifted':
    case 'uid_changed':
      return value === null || !value.includes(answer.text);
    case 'uid_consistent':
      return value === null || value === mappings.uids.get(answer.text);
    case 'patid_consistent':
      return value === null || value === mappings.patientIds.get(answer.text);
    case 'pixels_hidden':
      if (answer.box === null) throw new Error('A row of pixels_hidden needs a box.');
      return file.isUniform(answer.box);
    case 'pixels_retained':
      return file.pixelMd5() === answer.text.toLowerCase();
  }
}

function check(answer: Answer, open: () => ScoredFile | null, mappings: Mappings): CheckResult['result'] {
  try {
    const file = open();
    if (file === null) return passesWithoutOutput.has(answer.action) ? 'passed' : 'failed';
    return passes(answer, file, mappings) ? 'passed' : 'failed';
  } catch {
    return answer.action === 'pixels_hidden' ? 'dropped' : 'failed';
  }
}

const idOf = (instance: ScoredInstance, scope: Answer['scope']): string =>
  ({
    instance: instance.sopInstanceUid,
    series: instance.seriesInstanceUid,
    study: instance.studyInstanceUid,
    patient: instance.patientId,
  })[scope];

/** Makes every check of the key on every instance that it is about. */
export function score(
  key: readonly Answer[],
  instances: readonly ScoredInstance[],
  mappings: Mappings,
): CheckResult[] {
  const rows = new Map<string, Answer[]>();
  for (const row of key) {
    const place = `${row.scope} ${row.id}`;
    const others = rows.get(place);
    if (others === undefined) rows.set(place, [row]);
    else others.push(row);
  }
  const results: CheckResult[] = [];
  for (const instance of instances) {
    let opened: { readonly file: ScoredFile | null } | null = null;
    const open = (): ScoredFile | null => {
      opened ??= { file: instance.open() };
      return opened.file;
    };
    for (const scope of ['instance', 'series', 'study', 'patient'] as const) {
      for (const answer of rows.get(`${scope} ${idOf(instance, scope)}`) ?? []) {
        results.push({ answer, instance, result: check(answer, open, mappings) });
      }
    }
  }
  return results;
}

/** The worst result for each action, tag, patient, study and series: MIDI-B's score by series. */
export function collapseBySeries(results: readonly CheckResult[]): CheckResult[] {
  const worst = new Map<string, CheckResult>();
  for (const result of results) {
    const { answer, instance } = result;
    const { patientId, studyInstanceUid, seriesInstanceUid } = instance;
    const place = [answer.action, answer.tag, patientId, studyInstanceUid, seriesInstanceUid].join(' ');
    const other = worst.get(place);
    if (other === undefined || (other.result !== 'failed' && result.result === 'failed'))
      worst.set(place, result);
  }
  return [...worst.values()];
}

export interface Tally {
  readonly passed: number;
  readonly checks: number;
  readonly percent: number;
}

export interface ScoreReport {
  readonly all: Tally;
  readonly removal: Tally;
  readonly retention: Tally;
  readonly byAction: Readonly<Record<string, Tally>>;
  readonly byCategory: Readonly<Record<string, Tally>>;
  /** Places of failures with their number; never a value. */
  readonly failures: Readonly<Record<string, number>>;
  readonly dropped: number;
}

function tally(results: readonly CheckResult[]): Tally {
  const passed = results.filter(({ result }) => result === 'passed').length;
  const checks = results.length;
  // Rounded down: 100 means that nothing failed.
  return { passed, checks, percent: checks === 0 ? 100 : Math.floor((passed / checks) * 10_000) / 100 };
}

function tallies(
  results: readonly CheckResult[],
  name: (result: CheckResult) => string,
): Record<string, Tally> {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) {
    const group = groups.get(name(result)) ?? [];
    group.push(result);
    groups.set(name(result), group);
  }
  return Object.fromEntries([...groups].sort().map(([group, own]) => [group, tally(own)]));
}

const isRemoval = (action: Action): boolean => removals.has(action);

/** Sums up: score = passed ÷ all checks made. */
export function summarise(all: readonly CheckResult[]): ScoreReport {
  const made = all.filter(({ result }) => result !== 'dropped');
  const failures: Record<string, number> = {};
  for (const { answer, result } of made) {
    if (result !== 'failed') continue;
    const place = `${answer.action} ${answer.tag}`;
    failures[place] = (failures[place] ?? 0) + 1;
  }
  return {
    all: tally(made),
    removal: tally(made.filter(({ answer }) => isRemoval(answer.action))),
    retention: tally(made.filter(({ answer }) => !isRemoval(answer.action))),
    byAction: tallies(made, ({ answer }) => answer.action),
    byCategory: tallies(made, ({ answer }) => answer.category),
    failures,
    dropped: all.length - made.length,
  };
}
