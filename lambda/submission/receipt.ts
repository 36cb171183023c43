import type { FileFate, ManifestEntry, Outcome } from '../deidentification/pipeline.contract';
import { outcomes } from '../deidentification/pipeline.contract';
import {
  type LedgerTotals,
  type OutcomeTotals,
  type QuarantineTotals,
  type ReceiptFile,
  type ReceiptPayload,
  receiptPayload,
  type SignedReceipt,
} from './submission.contract';

/** Raised where the fates do not cover the manifest exactly: the receipt must not be written. */
export class UnbalancedReceiptError extends Error {
  override readonly name = 'UnbalancedReceiptError';
}

/**
 * Joins manifest and fates into the files of the receipt, in order of ordinal.
 * @throws UnbalancedReceiptError unless every ordinal of the manifest has exactly one fate, and no other has one.
 */
export function balanceReceipt(
  manifest: readonly ManifestEntry[],
  fates: readonly FileFate[],
): ReceiptFile[] {
  const byOrdinal = new Map<number, FileFate>();
  for (const fate of fates) {
    if (byOrdinal.has(fate.ordinal)) throw new UnbalancedReceiptError(`file ${fate.ordinal} has two fates`);
    byOrdinal.set(fate.ordinal, fate);
  }
  const files = manifest.map(({ ordinal, sha256, bytes, parts }): ReceiptFile => {
    const fate = byOrdinal.get(ordinal);
    if (fate === undefined) throw new UnbalancedReceiptError(`file ${ordinal} has no fate`);
    byOrdinal.delete(ordinal);
    const digest = parts === undefined ? {} : { digest: 'parts' as const, partBytes: parts.bytes };
    const common = { ordinal, sha256, bytes, ...digest, outcome: fate.outcome };
    return fate.outcome === 'quarantined' ? { ...common, code: fate.code } : common;
  });
  if (byOrdinal.size > 0)
    throw new UnbalancedReceiptError(`${byOrdinal.size} fates are of no file of the manifest`);
  return files.sort((left, right) => left.ordinal - right.ordinal);
}

/** Files by outcome. */
export function countOutcomes(files: readonly { readonly outcome: Outcome }[]): OutcomeTotals {
  const totals = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as OutcomeTotals;
  for (const { outcome } of files) totals[outcome] += 1;
  return totals;
}

/** The totals without a count of withheld files, for the ledger, logs and execution histories. */
export function totalsForLedger({
  imported,
  duplicate,
  withheld,
  quarantined,
  missing,
}: OutcomeTotals): LedgerTotals {
  return { imported, duplicateOrWithheld: duplicate + withheld, quarantined, missing };
}

/** Quarantined files by code. */
export function countQuarantine(files: readonly Pick<ReceiptFile, 'code'>[]): QuarantineTotals {
  const totals: QuarantineTotals = {};
  for (const { code } of files) if (code !== undefined) totals[code] = (totals[code] ?? 0) + 1;
  return totals;
}

/** The payload of a receipt that this platform signed; the signature is not checked here. */
export function openReceipt(receipt: SignedReceipt): ReceiptPayload {
  return receiptPayload.parse(JSON.parse(Buffer.from(receipt.payload, 'base64url').toString('utf8')));
}
