import type { PseudonymKeys } from './outcome';

/** What each key is for; the message that a key is derived from. A new epoch is a new last number. */
export const keyPurposes = {
  patient: 'nmip/patient/1',
  uid: 'nmip/uid/1',
  accession: 'nmip/accession/1',
  dates: 'nmip/dates/1',
  split: 'nmip/split/1',
  pixels: 'nmip/pixels/1',
} as const satisfies Record<keyof PseudonymKeys, string>;

/**
 * Derives the keys of one platform from its one secret. `mac` is HMAC-SHA-256 of a message under that secret: KMS
 * GenerateMac in the cloud, `createHmac` with a key file at a trust.
 */
export async function derivePseudonymKeys(
  mac: (message: string) => Promise<Buffer> | Buffer,
): Promise<PseudonymKeys> {
  const derive = async (purpose: string): Promise<Buffer> => {
    const key = await mac(purpose);
    if (key.length !== 32) throw new Error('A pseudonym key must have 32 bytes.');
    return key;
  };
  const [patient, uid, accession, dates, split, pixels] = await Promise.all([
    derive(keyPurposes.patient),
    derive(keyPurposes.uid),
    derive(keyPurposes.accession),
    derive(keyPurposes.dates),
    derive(keyPurposes.split),
    derive(keyPurposes.pixels),
  ]);
  return { patient, uid, accession, dates, split, pixels };
}
