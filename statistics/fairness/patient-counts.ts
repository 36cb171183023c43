import type { Attribute, EvaluationData } from './evaluation-data';
import { type CellName, cellNames, cellNumber } from './group-tally';

/** Rows of a kind, and the patients who have any. */
export interface Count {
  readonly rows: number;
  readonly patients: number;
}

/** A group, or what it is compared with. A patient with rows of two kinds counts in both. */
export interface SideCounts {
  readonly all: Count;
  readonly positive: Count;
  readonly negative: Count;
  readonly flagged: Count;
  readonly cells: Readonly<Record<CellName, Count>>;
}

/** Indexes of the rows of each group. */
export function rowsOfGroups(attribute: Attribute): Int32Array[] {
  const rows: number[][] = attribute.groups.map(() => []);
  attribute.groupOf.forEach((group, row) => {
    rows[group]?.push(row);
  });
  return rows.map((each) => Int32Array.from(each));
}

/** Selected rows of a group with their patients. */
export function countOf(data: EvaluationData, rows: Int32Array, isSelected: (row: number) => boolean): Count {
  const selected = rows.filter(isSelected);
  return {
    rows: selected.length,
    patients: new Set(Array.from(selected, (row) => data.patientOf[row] as number)).size,
  };
}

interface SidesOfGroup {
  readonly own: Count;
  readonly rest: Count;
}

function countSides(
  data: EvaluationData,
  attribute: Attribute,
  rowsByGroup: readonly Int32Array[],
  isSelected: (row: number) => boolean,
): SidesOfGroup[] {
  const knownRows = new Int32Array(data.patients);
  let known = 0;
  let knownPatients = 0;
  const selected = rowsByGroup.map((rows) => rows.filter(isSelected));
  selected.forEach((rows, group) => {
    if (attribute.groups[group] === null) return;
    known += rows.length;
    for (const row of rows) {
      const patient = data.patientOf[row] as number;
      if (knownRows[patient] === 0) knownPatients += 1;
      knownRows[patient] = (knownRows[patient] as number) + 1;
    }
  });
  return selected.map((rows, group) => {
    const inGroup = new Map<number, number>();
    for (const row of rows) {
      const patient = data.patientOf[row] as number;
      inGroup.set(patient, (inGroup.get(patient) ?? 0) + 1);
    }
    const own = { rows: rows.length, patients: inGroup.size };
    if (attribute.groups[group] === null) return { own, rest: { rows: known, patients: knownPatients } };
    const onlyHere = [...inGroup].filter(([patient, count]) => knownRows[patient] === count).length;
    return { own, rest: { rows: known - rows.length, patients: knownPatients - onlyHere } };
  });
}

/** Counts of each group and of its rest: the other rows whose value is known. */
export function countGroups(
  data: EvaluationData,
  attribute: Attribute,
  rowsByGroup: readonly Int32Array[],
): { readonly own: SideCounts; readonly rest: SideCounts }[] {
  const { positive, flagged } = data;
  const count = (isSelected: (row: number) => boolean) =>
    countSides(data, attribute, rowsByGroup, isSelected);
  const all = count(() => true);
  const positives = count((row) => positive[row] === 1);
  const negatives = count((row) => positive[row] === 0);
  const flags = count((row) => flagged[row] === 1);
  const cells = cellNames.map((_, cell) =>
    count((row) => cellNumber(positive[row] as number, flagged[row] as number) === cell),
  );
  return attribute.groups.map((_, group) => {
    const side = (which: 'own' | 'rest'): SideCounts => {
      const of = (counts: readonly SidesOfGroup[]) => (counts[group] as SidesOfGroup)[which];
      const [trueNegative, falsePositive, falseNegative, truePositive] = cells.map(of) as [
        Count,
        Count,
        Count,
        Count,
      ];
      return {
        all: of(all),
        positive: of(positives),
        negative: of(negatives),
        flagged: of(flags),
        cells: { trueNegative, falsePositive, falseNegative, truePositive },
      };
    };
    return { own: side('own'), rest: side('rest') };
  });
}
