import { mkdir } from 'node:fs/promises';
import type { DemoExport } from './demo-exports';
import { type DemoPeople, personOf } from './demo-people';

/** What became of one trust's submission. */
export interface DemoSubmission extends DemoExport {
  readonly id: string;
  readonly files: number;
  readonly skipped: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly quarantine: Readonly<Record<string, number>>;
  /** Path of the saved receipt. */
  readonly receipt: string;
}

type Sent = DemoExport & Pick<DemoSubmission, 'id' | 'files' | 'skipped'>;

/** Each trust's uploader sends their folder; all at once. */
export async function sendExports(
  people: DemoPeople,
  exports: readonly DemoExport[],
  collection: string,
): Promise<Sent[]> {
  return Promise.all(
    exports.map(async (each) => {
      const uploader = personOf(people, each.trust.uploader);
      const sent = await uploader.record(['upload', each.folder, '--collection', collection]);
      return {
        ...each,
        id: String(sent.submission),
        files: Number(sent.files),
        skipped: Number(sent.skipped),
      };
    }),
  );
}

/** Each uploader watches their submission to its end and saves the receipt. Rejections are no failure here. */
export async function awaitReceipts(
  people: DemoPeople,
  sent: readonly Sent[],
  receiptFolder: string,
): Promise<DemoSubmission[]> {
  await mkdir(receiptFolder, { recursive: true });
  return Promise.all(
    sent.map(async (each) => {
      const uploader = personOf(people, each.trust.uploader);
      const ended = await uploader.record(['submission', each.id, '--watch', '--to', receiptFolder], [0, 1]);
      await uploader.record(['receipt', 'verify', String(ended.receipt)]);
      return {
        ...each,
        outcomes: (ended.totals ?? {}) as Record<string, number>,
        quarantine: (ended.quarantine ?? {}) as Record<string, number>,
        receipt: String(ended.receipt),
      };
    }),
  );
}

/** Adds numbers by name. */
export function addedUp(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const part of parts)
    for (const [name, value] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}
