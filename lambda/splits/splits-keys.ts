import { createHmac } from 'node:crypto';

/** Purposes of the keys of evaluation sets and commitments, beside those of de-identification. */
export const splitsKeyPurposes = {
  evaluation: 'nmip/evaluation/1',
  commitment: 'nmip/commitment/1',
} as const;

export interface SplitsKeys {
  /** Orders the patients of an evaluation set. */
  readonly evaluation: Buffer;
  /** Salts commitments. */
  readonly commitment: Buffer;
}

/** Derives both keys; `mac` is HMAC-SHA-256 of a message under the platform's secret. */
export async function deriveSplitsKeys(
  mac: (purpose: string) => Promise<Buffer> | Buffer,
): Promise<SplitsKeys> {
  const [evaluation, commitment] = await Promise.all([
    mac(splitsKeyPurposes.evaluation),
    mac(splitsKeyPurposes.commitment),
  ]);
  return { evaluation, commitment };
}

/** Place of a patient in the order of an evaluation set, 64 hex digits: the same in every version of it. */
export const evaluationOrder = (key: Buffer, set: string, patientPseudonym: string): string =>
  createHmac('sha256', key).update(`${set}\0${patientPseudonym}`, 'utf8').digest('hex');

/** Salt of a commitment, 64 hex digits: the same at every attempt, and unknown to whoever has not the key. */
export const commitmentSalt = (key: Buffer, subject: string): string =>
  createHmac('sha256', key).update(subject, 'utf8').digest('hex');
