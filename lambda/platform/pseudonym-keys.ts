import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { PseudonymKeys } from '../../dicom/deidentify/outcome';
import { derivePseudonymKeys, keyPurposes } from '../../dicom/deidentify/pseudonym-keys';

async function generateMac(kms: KMSClient, keyId: string, message: string): Promise<Buffer> {
  const answer = await kms.send(
    new GenerateMacCommand({
      KeyId: keyId,
      MacAlgorithm: 'HMAC_SHA_256',
      Message: Buffer.from(message, 'utf8'),
    }),
  );
  if (answer.Mac === undefined) throw new Error('KMS gave no MAC');
  return Buffer.from(answer.Mac);
}

/**
 * Derives the in-process keys of all purposes from the platform's KMS HMAC key: one KMS call a purpose and process,
 * never one a value.
 */
export function deriveKeysFromKms(kms: KMSClient, keyId: string): Promise<PseudonymKeys> {
  return derivePseudonymKeys((message) => generateMac(kms, keyId, message));
}

/** Derives the patient key alone, for functions that only compare hashes of NHS numbers. */
export function derivePatientKeyFromKms(kms: KMSClient, keyId: string): Promise<Buffer> {
  return generateMac(kms, keyId, keyPurposes.patient);
}

/**
 * Derives a key whose purpose is none of de-identification's, for functions that must not hold the others.
 * @param purpose as `nmip/evaluation/1`
 */
export function derivePurposeKeyFromKms(kms: KMSClient, keyId: string, purpose: string): Promise<Buffer> {
  return generateMac(kms, keyId, purpose);
}
