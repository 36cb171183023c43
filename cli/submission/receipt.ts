import {
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  flattenedVerify,
  type JSONWebKeySet,
} from 'jose';
import * as z from 'zod';
import { receiptHeader, receiptPayload, signedReceipt } from '../../lambda/submission/submission.contract';
import { CommandError, exitCode } from '../terminal/exit-code';

export type ReceiptPayload = z.infer<typeof receiptPayload>;

/** Public keys of receipts (RFC 7517). */
export const receiptKeys = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })),
});

const doesNotHold = (code: string, detail: string) =>
  new CommandError('The receipt does not hold.', exitCode.integrity, {
    code,
    detail,
    fix: 'Do not rely on this receipt. Fetch it again: `nmip submission ID`.',
  });

/** The accounts of a receipt: every file once, and totals that are the sums of the files. */
function requireBalance(receipt: ReceiptPayload): void {
  const counted: Record<string, number> = {};
  const codes: Record<string, number> = {};
  // Of a submission that ended before its manifest was complete, some ordinals may not have been listed.
  const { expired } = receipt;
  let last = 0;
  receipt.files.forEach((file, index) => {
    const follows = expired ? file.ordinal > last : file.ordinal === index + 1;
    if (!follows || file.ordinal > (expired?.announcedFiles ?? receipt.files.length))
      throw doesNotHold('NOT_BALANCED', `File ${index + 1} is missing or out of order.`);
    last = file.ordinal;
    counted[file.outcome] = (counted[file.outcome] ?? 0) + 1;
    if (file.code) codes[file.code] = (codes[file.code] ?? 0) + 1;
  });
  const agrees = (totals: Readonly<Record<string, number>>, sums: Readonly<Record<string, number>>) =>
    [...new Set([...Object.keys(totals), ...Object.keys(sums)])].every(
      (key) => (totals[key] ?? 0) === (sums[key] ?? 0),
    );
  if (!agrees(receipt.totals, counted) || !agrees(receipt.quarantine, codes))
    throw doesNotHold('NOT_BALANCED', 'The totals are not the sums of the files.');
}

/**
 * Verifies a receipt: signature (ES256, RFC 7515) by one of the keys, form, and balance.
 * @param text flattened JSON serialisation, or compact
 * @throws CommandError (exit 5) where any of these does not hold
 */
export async function verifyReceipt(
  text: string,
  keys: z.infer<typeof receiptKeys>,
): Promise<ReceiptPayload> {
  const keySet = createLocalJWKSet(keys as JSONWebKeySet);
  const options = { algorithms: ['ES256'] };
  let payload: Uint8Array;
  try {
    const trimmed = text.trim();
    const flattened = trimmed.startsWith('{') ? signedReceipt.parse(JSON.parse(trimmed)) : null;
    const verified = flattened
      ? await flattenedVerify(flattened, keySet, options)
      : await compactVerify(trimmed, keySet, options);
    receiptHeader.parse(decodeProtectedHeader(flattened ?? trimmed));
    payload = verified.payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey)
      throw doesNotHold('UNKNOWN_KEY', 'None of the platform’s keys signed it.');
    throw doesNotHold('BAD_SIGNATURE', 'The signature does not fit the content, or this is not a receipt.');
  }
  const parsed = receiptPayload.safeParse(JSON.parse(Buffer.from(payload).toString('utf8')));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'the whole';
    throw doesNotHold('UNKNOWN_FORM', `The content is not that of a receipt: ${field}.`);
  }
  requireBalance(parsed.data);
  return parsed.data;
}
