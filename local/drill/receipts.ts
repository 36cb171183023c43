import { flattenedVerify, importJWK } from 'jose';
import type { FileEnd } from './expected-outcomes';

/** What a drill reads of a receipt. */
export interface DrillReceipt {
  readonly submission: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly files: readonly (FileEnd & { readonly ordinal: number; readonly sha256: string })[];
}

/**
 * The payload of a receipt whose signature holds by the published keys.
 * @throws Error where it does not
 */
export async function verifiedReceipt(text: string, keys: unknown): Promise<DrillReceipt> {
  const receipt = JSON.parse(text) as { payload: string; protected: string; signature: string };
  const { kid } = JSON.parse(Buffer.from(receipt.protected, 'base64url').toString('utf8')) as { kid: string };
  const key = (keys as { keys: { kid: string }[] }).keys.find((each) => each.kid === kid);
  if (key === undefined) throw new Error('the key of the receipt is not published');
  const { payload } = await flattenedVerify(receipt, await importJWK(key, 'ES256'));
  return JSON.parse(Buffer.from(payload).toString('utf8')) as DrillReceipt;
}

const outcomes: ReadonlySet<string> = new Set([
  'imported',
  'duplicate',
  'withheld',
  'quarantined',
  'missing',
]);

/**
 * Whether the receipt names every file of the manifest once, in order, with its digest and one end, and its totals add up
 * to the manifest.
 * @param digests SHA-256 of the files in order of ordinal
 */
export function receiptProblems(receipt: DrillReceipt, digests: readonly string[]): string[] {
  const problems: string[] = [];
  const { files, totals } = receipt;
  const sum = Object.values(totals).reduce((total, count) => total + count, 0);
  if (sum !== digests.length) problems.push(`totals of ${sum} for ${digests.length} files`);
  if (files.length !== digests.length) problems.push(`${files.length} ends for ${digests.length} files`);
  files.forEach(({ ordinal, sha256, outcome }, index) => {
    if (ordinal !== index + 1) problems.push(`file ${index + 1} is named ${ordinal}`);
    if (sha256 !== digests[index]) problems.push(`file ${ordinal} has another digest`);
    if (!outcomes.has(outcome)) problems.push(`file ${ordinal} has no end`);
  });
  for (const outcome of outcomes) {
    const counted = files.filter((file) => file.outcome === outcome).length;
    if (counted !== (totals[outcome] ?? 0))
      problems.push(`${counted} files ${outcome}, ${totals[outcome]} in the totals`);
  }
  return problems;
}
