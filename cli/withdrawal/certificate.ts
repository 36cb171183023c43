import type * as z from 'zod';
import {
  type CertificatePayload,
  certificateHeader,
  certificatePayload,
} from '../../lambda/withdrawal/certificate.contract';
import { type receiptKeys, verifySigned } from '../submission/receipt';
import { CommandError, exitCode } from '../terminal/exit-code';

const doesNotHold = (code: string, detail: string) =>
  new CommandError('The certificate does not hold.', exitCode.integrity, {
    code,
    detail,
    fix: 'Do not rely on this certificate. Fetch it again: `nmip withdrawal ID --certificate FILE`.',
  });

/**
 * Verifies a certificate of withdrawal: signature, form, and that its lists are as long as its counts say.
 * @throws CommandError (exit 5) where any of these does not hold
 */
export async function verifyCertificate(
  text: string,
  keys: z.infer<typeof receiptKeys>,
): Promise<CertificatePayload> {
  const payload = await verifySigned(text, keys, certificateHeader, doesNotHold);
  const parsed = certificatePayload.safeParse(JSON.parse(payload));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'the whole';
    throw doesNotHold('UNKNOWN_FORM', `The content is not that of a certificate: ${field}.`);
  }
  const { counts, imageSets } = parsed.data;
  const distinct = new Set(imageSets.map((each) => `${each.datastoreId}/${each.imageSetId}`)).size;
  if (distinct !== counts.imageSets || distinct !== imageSets.length)
    throw doesNotHold('NOT_BALANCED', 'The image sets are not as many as it says.');
  return parsed.data;
}
