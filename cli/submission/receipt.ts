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
 * Verifies what the platform signed (ES256, RFC 7515) by one of its keys; gives the payload as text.
 * @param text flattened JSON serialisation, or compact
 * @param header what the protected header must be: it says what was signed
 * @throws what `refuse` makes of a code and its detail
 */
export async function verifySigned(
  text: string,
  keys: z.infer<typeof receiptKeys>,
  header: z.ZodType,
  refuse: (code: string, detail: string) => CommandError,
): Promise<string> {
  const keySet = createLocalJWKSet(keys as JSONWebKeySet);
  const options = { algorithms: ['ES256'] };
  try {
    const trimmed = text.trim();
    const flattened = trimmed.startsWith('{') ? signedReceipt.parse(JSON.parse(trimmed)) : null;
    const verified = flattened
      ? await flattenedVerify(flattened, keySet, options)
      : await compactVerify(trimmed, keySet, options);
    header.parse(decodeProtectedHeader(flattened ?? trimmed));
    return Buffer.from(verified.payload).toString('utf8');
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey)
      throw refuse('UNKNOWN_KEY', 'None of the platform’s keys signed it.');
    throw refuse('BAD_SIGNATURE', 'The signature does not fit the content, or it is something else.');
  }
}

/**
 * Verifies a receipt: signature by one of the keys, form, and balance.
 * @param text flattened JSON serialisation, or compact
 * @throws CommandError (exit 5) where any of these does not hold
 */
export async function verifyReceipt(
  text: string,
  keys: z.infer<typeof receiptKeys>,
): Promise<ReceiptPayload> {
  const payload = await verifySigned(text, keys, receiptHeader, doesNotHold);
  const parsed = receiptPayload.safeParse(JSON.parse(payload));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'the whole';
    throw doesNotHold('UNKNOWN_FORM', `The content is not that of a receipt: ${field}.`);
  }
  requireBalance(parsed.data);
  return parsed.data;
}
