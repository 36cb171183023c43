import { quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import type { ReleasePart, WaitingRecord } from './quarantine.contract';

/** What one replay submission takes at most. */
export interface PartLimits {
  readonly files: number;
  readonly bytes: number;
  readonly submissions: number;
}

/**
 * One function copies a part within a quarter of an hour: S3 copies a thousand files, sixteen at once, in a minute or
 * two, and 100 GB of large ones at some hundred megabytes a second. A hundred submissions are named in 3 KB.
 */
export const partLimits: PartLimits = { files: 1_000, bytes: 100_000_000_000, submissions: 100 };

/** A part with its files, before it has an id. */
export interface PlannedPart {
  readonly part: Omit<ReleasePart, 'submission'>;
  readonly files: readonly WaitingRecord[];
}

/** Whether the same bytes under the same rules would end the same way. */
export function dependsOnRules({ code }: Pick<WaitingRecord, 'code'>): boolean {
  return quarantineReasons[code].release === 'rule-change';
}

function inOrder(left: WaitingRecord, right: WaitingRecord): number {
  const leftName = `${left.trust} ${left.collection} ${left.submission}`;
  const rightName = `${right.trust} ${right.collection} ${right.submission}`;
  if (leftName !== rightName) return leftName < rightName ? -1 : 1;
  return left.entry.group - right.entry.group || left.ordinal - right.ordinal;
}

/**
 * Cuts files that are to be replayed into submissions: one trust and one collection each, within the limits, files of a
 * series beside each other. The same files give the same parts in any order.
 */
export function planParts(files: readonly WaitingRecord[], limits: PartLimits = partLimits): PlannedPart[] {
  const runs: WaitingRecord[][] = [];
  let bytes = 0;
  let submissions = new Set<string>();
  for (const file of [...files].sort(inOrder)) {
    const run = runs.at(-1);
    const first = run?.[0];
    const joins =
      run !== undefined &&
      first !== undefined &&
      first.trust === file.trust &&
      first.collection === file.collection &&
      run.length < limits.files &&
      bytes + file.entry.bytes <= limits.bytes &&
      (submissions.has(file.submission) || submissions.size < limits.submissions);
    if (joins) run.push(file);
    else {
      runs.push([file]);
      bytes = 0;
      submissions = new Set();
    }
    bytes += file.entry.bytes;
    submissions.add(file.submission);
  }
  return runs.flatMap((run, index) => {
    const [first] = run;
    if (first === undefined) return [];
    const { trust, collection } = first;
    const sum = run.reduce((total, { entry }) => total + entry.bytes, 0);
    return [{ part: { part: index + 1, trust, collection, files: run.length, bytes: sum }, files: run }];
  });
}
