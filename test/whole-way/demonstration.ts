import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Runs the platform with its demonstration as `npm start` does, in a process of its own and on free ports. */

export const projectFolder = join(__dirname, '..', '..');

export interface Report {
  readonly files: number;
  readonly skipped: number;
  readonly outcomes: Readonly<
    Record<'imported' | 'duplicate' | 'withheld' | 'quarantined' | 'missing', number>
  >;
  readonly quarantine: Readonly<Record<string, number>>;
  readonly imageSets: number;
  readonly framesRead: number;
  readonly deniedReads: number;
  readonly objects: { readonly deidentified: string; readonly quarantine: string };
}

export function newDataFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'nmip-whole-way-')), 'data');
}

/** So that pseudonyms, and with them who is held out, are the same in every run: both splits have patients. */
const pseudonymKey = createHash('sha256').update('whole way').digest('hex');

/** Starts it; the caller ends the process or waits for it. */
export function start(dataFolder: string, options: readonly string[]): ChildProcess {
  const ports = ['--port', '0', '--aws-port', '0', '--vpc-endpoint-port', '0'];
  const keyFile = `${dataFolder}-pseudonym.key`;
  writeFileSync(keyFile, pseudonymKey);
  const key = ['--pseudonym-key-file', keyFile];
  return spawn(
    process.execPath,
    ['--import', 'tsx', join('local', 'start.ts'), '--data', dataFolder, ...ports, ...key, ...options],
    { cwd: projectFolder, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
}

/** Runs it to its end. */
export async function runOnce(
  dataFolder: string,
  options: readonly string[],
): Promise<{ code: number | null; said: string; report: Report | null }> {
  const reportFile = `${dataFolder}-report.json`;
  const child = start(dataFolder, ['--once', '--report', reportFile, ...options]);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [said, errors, code] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    ended,
  ]);
  let report: Report | null = null;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  } catch {
    // A run that ended early wrote none: the exit code and what it said tell why.
  }
  return { code, said: said + errors, report };
}

export interface ReceiptFile {
  readonly ordinal: number;
  readonly sha256: string;
  readonly outcome: string;
  readonly code?: string;
}

export interface Receipt {
  readonly submission: string;
  readonly trust: string;
  readonly files: readonly ReceiptFile[];
}

function receiptPayload(path: string): Receipt {
  const { payload } = JSON.parse(readFileSync(path, 'utf8')) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Receipt;
}

/** Receipts that lie in the work bucket's folder, by trust. */
export function receiptsInBucket(objectsFolder: string): Receipt[] {
  const receipts = join(objectsFolder, 'receipts');
  // The first receipt makes the folder.
  if (!existsSync(receipts)) return [];
  return readdirSync(receipts)
    .map((name) => receiptPayload(join(receipts, name)))
    .sort((left, right) => left.trust.localeCompare(right.trust));
}
