import { mkdir } from 'node:fs/promises';
import type { DemoExport } from './demo-exports';
import { type DemoPeople, personOf } from './demo-people';
import { CommandFailed, type DemoPerson } from './demo-person';

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

export type SentExport = DemoExport & Pick<DemoSubmission, 'id' | 'files' | 'skipped'>;

/** A trust whose folder holds no DICOM file, so that there is no submission. */
export interface EmptyExport extends DemoExport {
  readonly id: null;
  readonly skipped: number;
}

/** Files that a dry run of the command would leave where they are. */
async function countSkipped(uploader: DemoPerson, folder: string): Promise<number> {
  const { skipped = {} } = await uploader.record(['upload', folder, '--dry-run']);
  return Object.values(skipped as Record<string, readonly string[]>).reduce(
    (sum, names) => sum + names.length,
    0,
  );
}

/** Each trust's uploader sends their folder; all at once. */
export async function sendExports(
  people: DemoPeople,
  exports: readonly DemoExport[],
  collection: string,
): Promise<(SentExport | EmptyExport)[]> {
  return Promise.all(
    exports.map(async (each) => {
      const uploader = personOf(people, each.trust.uploader);
      const words = ['upload', each.folder, '--collection', collection];
      const sent = await uploader.record(words).catch((error: unknown) => {
        if (error instanceof CommandFailed && error.problem === 'NOTHING_TO_SEND') return null;
        throw error;
      });
      if (sent === null) return { ...each, id: null, skipped: await countSkipped(uploader, each.folder) };
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
  sent: readonly SentExport[],
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
