import { createHmac } from 'node:crypto';
import type { NhsNumber } from '../nhs-number';
import type { InstanceSubject, PseudonymKeys, Split } from './outcome';

/** Crockford's base 32: no letters that read as digits, and no vowel but A and E, so no words by chance. */
const base32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const hmac = (key: Buffer, ...parts: readonly string[]): Buffer =>
  createHmac('sha256', key).update(parts.join('\0'), 'utf8').digest();

function base32Of(bytes: Buffer, characters: number): string {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let index = 0; index < characters; index += 1) {
    text += base32[Number(number & 31n)];
    number >>= 5n;
  }
  return text;
}

/**
 * The patient's pseudonym: 26 characters (130 bits). From the NHS number wherever there is one, so that a patient is
 * one patient over all trusts; else from the trust and its local Patient ID.
 */
export function patientPseudonym(
  keys: Pick<PseudonymKeys, 'patient'>,
  subject: InstanceSubject,
  odsCode: string,
): string {
  const parts =
    subject.nhsNumber === null ? ['local', odsCode, subject.patientId ?? ''] : ['nhs', subject.nhsNumber];
  return base32Of(hmac(keys.patient, ...parts), 26);
}

/** The pseudonym of a patient with an NHS number: the same whichever trust sent the images. */
export function pseudonymOfNumber(keys: Pick<PseudonymKeys, 'patient'>, nhsNumber: NhsNumber): string {
  return patientPseudonym(keys, { nhsNumber, patientId: null }, '');
}

/** The pseudonym of a patient known by the trust's own Patient ID alone. */
export const localPseudonym = (keys: PseudonymKeys, patientId: string, odsCode: string): string =>
  patientPseudonym(keys, { nhsNumber: null, patientId }, odsCode);

/** Whole days, 1 to 730, by which all dates of a patient move into the past. */
export const dateShiftDays = (keys: PseudonymKeys, pseudonym: string): number =>
  1 + (hmac(keys.dates, pseudonym).readUInt32BE(0) % 730);

/** Held out, for ever, where the keyed draw falls below the share (0 to 1). */
export const splitOf = (keys: PseudonymKeys, pseudonym: string, heldOutShare: number): Split =>
  hmac(keys.split, pseudonym).readUInt32BE(0) / 2 ** 32 < heldOutShare ? 'held-out' : 'development';

/** 16 characters, the most that Accession Number (SH) holds. */
export const accessionPseudonym = (keys: PseudonymKeys, pseudonym: string, accession: string): string =>
  base32Of(hmac(keys.accession, pseudonym, accession), 16);

/** The longest UID (PS3.5 section 9.1) and the fewest digits that keep collisions out of reach. */
const uidLength = 64;
const fewestDigits = 30;
const mostDigits = 39;

/** Maps UIDs of one patient into one collection and split; the same UID always to the same. */
export class UidMapper {
  readonly prefix: string;
  readonly #digits: number;
  readonly #mapped = new Map<string, string>();

  constructor(
    private readonly keys: PseudonymKeys,
    private readonly pseudonym: string,
    uidRoot: string,
    arc: number,
    split: Split,
  ) {
    this.prefix = `${uidRoot}.${arc}.${split === 'development' ? 1 : 2}.`;
    this.#digits = Math.min(mostDigits, uidLength - this.prefix.length);
    if (this.#digits < fewestDigits) throw new Error('The UID root leaves fewer than 30 digits.');
  }

  map(uid: string): string {
    const known = this.#mapped.get(uid);
    if (known !== undefined) return known;
    const number = BigInt(`0x${hmac(this.keys.uid, this.pseudonym, uid).toString('hex')}`);
    // A component must not begin with a zero (PS3.5 section 9.1): the first digit is drawn from 1 to 9.
    const low = 10n ** BigInt(this.#digits - 1);
    const mapped = this.prefix + (low + (number % (9n * low))).toString();
    this.#mapped.set(uid, mapped);
    return mapped;
  }

  /** A UID where there was something that is none: the same for all such places of a patient. */
  placeholder(): string {
    return this.map('');
  }

  /** Old and new UIDs so far, in the order in which they were met. */
  entries(): [string, string][] {
    return [...this.#mapped].filter(([from]) => from !== '');
  }
}
