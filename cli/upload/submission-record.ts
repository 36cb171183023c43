import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { readIfPresent, statePath, writePrivateFile } from '../state/state-folder';

/** What this machine remembers of a submission: above all which file an ordinal means, which nobody else knows. */
export interface SubmissionRecord {
  readonly version: 1;
  readonly submissionId: string;
  readonly api: string;
  readonly trust: string;
  readonly collection: string;
  readonly folder: string;
  readonly idempotencyKey: string;
  /** Path of ordinal 1, 2, … below the folder. */
  readonly paths: readonly string[];
}

const recordPath = (submissionId: string) => statePath('submissions', `${submissionId}.json`);
/** What is sent by itself: files, and archives, which have numbers of their own. */
export type Sent = 'files' | 'archives';

const journalPath = (submissionId: string, sent: Sent) =>
  statePath('submissions', `${submissionId}.${sent === 'files' ? 'received' : 'received-archives'}`);

export async function writeSubmissionRecord(record: SubmissionRecord): Promise<void> {
  await writePrivateFile(recordPath(record.submissionId), `${JSON.stringify(record)}\n`);
}

/** The record of a submission sent from this machine, else null. */
export async function readSubmissionRecord(submissionId: string): Promise<SubmissionRecord | null> {
  const text = await readIfPresent(recordPath(submissionId));
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    const isRecord = typeof parsed === 'object' && parsed !== null && 'paths' in parsed;
    return isRecord && Array.isArray(parsed.paths) ? (parsed as SubmissionRecord) : null;
  } catch {
    return null;
  }
}

/** Ordinals of files, or numbers of archives, that the platform has received, by the journal. */
export async function readReceivedOrdinals(submissionId: string, sent: Sent): Promise<Set<number>> {
  const text = (await readIfPresent(journalPath(submissionId, sent))) ?? '';
  // The last line may be cut off by a crash; a file sent twice does no harm.
  const lines = text.split('\n').slice(0, -1);
  return new Set(lines.map(Number).filter((ordinal) => Number.isInteger(ordinal) && ordinal > 0));
}

/** Notes each received file at once, so that even a kill loses none. */
export class ReceivedJournal {
  private readonly file: number;

  constructor(submissionId: string, sent: Sent) {
    const path = journalPath(submissionId, sent);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.file = openSync(path, 'a', 0o600);
  }

  add(ordinal: number): void {
    writeSync(this.file, `${ordinal}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
