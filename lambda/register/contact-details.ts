import type { Shortcoming } from './application.contract';
import type { ApplicationDraft } from './application-content.contract';

/**
 * What must not stand in a text that goes to the public register: how to reach somebody. Names cannot be told from other
 * words; of them the applicant is told in the guide.
 */

/** Something@something.something, with the spellings that hide it from programs. */
const emailAddress = /[^\s@<>()]+\s?(?:@|\(at\)|\[at\])\s?[^\s@<>()]+\.[A-Za-z]{2,}/i;

/** A number with an international or a national prefix: `+44 20 7946 0000`, `(020) 7946 0000`, `07700 900000`. */
const telephoneNumber = /(?<![\w./:-])(?:\+|00)?[(]?\d[\d ().-]{8,18}\d(?![\w/:-]|\.\d)/g;

/** ITU-T E.164: at most 15 digits; numbers of the United Kingdom have 10 or 11. */
const LEAST_DIGITS = 10;
const MOST_DIGITS = 15;

function isTelephoneNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  const prefixed = /^[(]?(?:\+|0)/.test(text.trim());
  return prefixed && digits.length >= LEAST_DIGITS && digits.length <= MOST_DIGITS;
}

/** What of contact details a text holds, or null. */
export function contactDetailIn(text: string): 'an e-mail address' | 'a telephone number' | null {
  if (emailAddress.test(text)) return 'an e-mail address';
  return (text.match(telephoneNumber) ?? []).some(isTelephoneNumber) ? 'a telephone number' : null;
}

/** Fields of an application that go to the public register. */
const publicFields = ['title', 'organisation', 'laySummary', 'dataUse'] as const;

/** Fields of an application that go to the public register and hold contact details. */
export function publicTextsWithContactDetails(content: ApplicationDraft): Shortcoming[] {
  return publicFields.flatMap((field) => findContactDetails(content[field], field));
}

/** Texts, at any depth, that hold contact details, each with the path of its field. */
export function findContactDetails(value: unknown, path: string): Shortcoming[] {
  if (typeof value === 'string') {
    const found = contactDetailIn(value);
    return found === null ? [] : [{ path, message: `goes to the public register and holds ${found}` }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => findContactDetails(member, `${path}.${name}`));
}
