import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { PseudonymKeys } from '../../dicom/deidentify/outcome';

/** The message whose MAC is the key of a purpose; the number is the key's epoch. */
export const keyPurposes = {
  patient: 'nmip/patient/1',
  uid: 'nmip/uid/1',
  accession: 'nmip/accession/1',
  dates: 'nmip/dates/1',
  split: 'nmip/split/1',
} as const;

export type KeyPurpose = keyof typeof keyPurposes;

/**
 * Derives the in-process key (32 bytes) of one purpose: HMAC-SHA-256 of the purpose's name under the platform's KMS
 * key. One KMS call a purpose and process, never one a value.
 */
export async function derivePseudonymKey(
  kms: KMSClient,
  keyId: string,
  purpose: KeyPurpose,
): Promise<Buffer> {
  const answer = await kms.send(
    new GenerateMacCommand({
      KeyId: keyId,
      MacAlgorithm: 'HMAC_SHA_256',
      Message: Buffer.from(keyPurposes[purpose], 'utf8'),
    }),
  );
  if (answer.Mac === undefined || answer.Mac.length !== 32)
    throw new Error('KMS gave no HMAC-SHA-256 of 32 bytes');
  return Buffer.from(answer.Mac);
}

/** Derives the keys of all purposes. */
export async function derivePseudonymKeys(kms: KMSClient, keyId: string): Promise<PseudonymKeys> {
  const [patient, uid, accession, dates, split] = await Promise.all([
    derivePseudonymKey(kms, keyId, 'patient'),
    derivePseudonymKey(kms, keyId, 'uid'),
    derivePseudonymKey(kms, keyId, 'accession'),
    derivePseudonymKey(kms, keyId, 'dates'),
    derivePseudonymKey(kms, keyId, 'split'),
  ]);
  return { patient, uid, accession, dates, split };
}

/** Calls `make` at the first use and keeps its result for the life of the process; a failure is not kept. */
export function oncePerProcess<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
