/** One scored image, series or study. */
export interface ScoredRow {
  readonly id: string;
  readonly patient: string;
  /** Whether the finding is there. */
  readonly positive: boolean;
  readonly score: number;
  /** Value of each attribute, in the order of the attributes; null where it is not known. */
  readonly groups: readonly (string | null)[];
}

/** From which score on a row counts as flagged. */
export type ThresholdRule =
  | { readonly kind: 'one'; readonly threshold: number }
  | {
      readonly kind: 'by group';
      readonly attribute: string;
      readonly thresholds: ReadonlyMap<string, number>;
      /** For values that are not in `thresholds`, and for those not known. */
      readonly otherwise: number;
    };

/** Every row as a member of one group of an attribute. */
export interface Attribute {
  readonly name: string;
  /** Value of each group, null for the rows where it is not known, which are the last group. */
  readonly groups: readonly (string | null)[];
  /** The group of each row. */
  readonly groupOf: Uint16Array;
}

/**
 * Rows in the order of their scores, those of one score in the order of their ids: the order of the input is forgotten,
 * so that sums of fractions come out the same to the last digit.
 */
export interface EvaluationData {
  readonly rows: number;
  readonly patients: number;
  readonly score: Float64Array;
  /** Patients are numbered in the order of their ids. */
  readonly patientOf: Int32Array;
  /** 1 where the finding is there. */
  readonly positive: Uint8Array;
  /** 1 where the score reaches the threshold; all 0 without one. */
  readonly flagged: Uint8Array;
  /** Index after the last row of each score. */
  readonly endsOfScores: Int32Array;
  /** Fifth of all rows by score, 0 to 4; rows of one score stand in one. */
  readonly fifth: Uint8Array;
  /** All rows as one group. */
  readonly everyone: Attribute;
  readonly attributes: readonly Attribute[];
}

export const fifths = 5;

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** The number that a band or decile begins with; what begins with none comes last. */
function leadingNumber(value: string): number {
  const number = Number.parseInt(value, 10);
  return Number.isNaN(number) ? Number.MAX_VALUE : number;
}

const compareValues = (left: string, right: string): number =>
  leadingNumber(left) - leadingNumber(right) || compare(left, right);

function attributeOf(name: string, values: readonly (string | null)[]): Attribute {
  const known = [...new Set(values)].filter((value) => value !== null).sort(compareValues);
  const groups = values.includes(null) ? [...known, null] : known;
  const indexes = new Map(groups.map((value, index) => [value, index]));
  return { name, groups, groupOf: Uint16Array.from(values, (value) => indexes.get(value) as number) };
}

/** Both values in one; not known where either is not. */
const joined = (left: string | null, right: string | null): string | null =>
  left === null || right === null ? null : `${left} × ${right}`;

function thresholdOf(rule: ThresholdRule, names: readonly string[]): (row: ScoredRow) => number {
  if (rule.kind === 'one') return () => rule.threshold;
  const index = names.indexOf(rule.attribute);
  if (index === -1) throw new RangeError('The attribute of the thresholds is not among the attributes.');
  return ({ groups }) => {
    const value = groups[index] ?? null;
    return (value === null ? undefined : rule.thresholds.get(value)) ?? rule.otherwise;
  };
}

function endsOfEqual(score: Float64Array): Int32Array {
  const ends: number[] = [];
  for (let index = 1; index <= score.length; index += 1)
    if (index === score.length || score[index] !== score[index - 1]) ends.push(index);
  return Int32Array.from(ends);
}

/** The fifth in which the middle of the rows of one score stands. */
function fifthsOf(rows: number, ends: Int32Array): Uint8Array {
  const fifth = new Uint8Array(rows);
  let start = 0;
  for (const end of ends) {
    fifth.fill(Math.min(fifths - 1, Math.floor((fifths * (start + end)) / (2 * rows))), start, end);
    start = end;
  }
  return fifth;
}

/**
 * @param names of the attributes of the rows
 * @param intersections pairs of `names` whose combined values are attributes too
 */
export function evaluationData(
  input: readonly ScoredRow[],
  names: readonly string[],
  intersections: readonly (readonly [string, string])[],
  rule: ThresholdRule | null,
): EvaluationData {
  // −0 and 0 are one score
  const rows = [...input].sort((left, right) => left.score - right.score || compare(left.id, right.id));
  const patients = [...new Set(rows.map(({ patient }) => patient))].sort(compare);
  const numbers = new Map(patients.map((patient, index) => [patient, index]));
  const valuesOf = (name: string) => {
    const index = names.indexOf(name);
    if (index === -1) throw new RangeError('An intersection is of attributes that are there.');
    return rows.map(({ groups }) => groups[index] ?? null);
  };
  const crossed = intersections.map(([first, second]) => {
    const [left, right] = [valuesOf(first), valuesOf(second)];
    return attributeOf(
      `${first} × ${second}`,
      left.map((value, index) => joined(value, right[index] ?? null)),
    );
  });
  const score = Float64Array.from(rows, (row) => row.score);
  const endsOfScores = endsOfEqual(score);
  const threshold = rule === null ? () => Number.POSITIVE_INFINITY : thresholdOf(rule, names);
  return {
    rows: rows.length,
    patients: patients.length,
    score,
    patientOf: Int32Array.from(rows, ({ patient }) => numbers.get(patient) as number),
    positive: Uint8Array.from(rows, ({ positive }) => (positive ? 1 : 0)),
    flagged: Uint8Array.from(rows, (row) => (row.score >= threshold(row) ? 1 : 0)),
    endsOfScores,
    fifth: fifthsOf(rows.length, endsOfScores),
    everyone: { name: 'all', groups: ['all'], groupOf: new Uint16Array(rows.length) },
    attributes: [...names.map((name) => attributeOf(name, valuesOf(name))), ...crossed],
  };
}
