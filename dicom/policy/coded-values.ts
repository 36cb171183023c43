import { isUcumUnit } from './ucum-units';

/**
 * Code values that a coding scheme can have at all (PS3.16 section 8). A code of an unknown or private scheme can be
 * anything, a staff or order number too, so only codes of these schemes and forms are kept.
 */
const schemes: ReadonlyMap<string, RegExp> = new Map([
  ['DCM', /^\d{5,6}$/],
  // The two digits before the check digit say that it is of a concept, in the core or in an extension.
  ['SCT', /^[1-9]\d{2,14}[01]0\d$/],
  ['SRT', /^(?:[A-Z]|[A-Z]\d)-[0-9A-F]{4,6}$/],
  ['SNM3', /^(?:[A-Z]|[A-Z]\d)-[0-9A-F]{4,6}$/],
  ['99SDM', /^(?:[A-Z]|[A-Z]\d)-[0-9A-F]{4,6}$/],
  ['LN', /^(?:LP|LA)?\d{1,6}-\d$/],
  ['RADLEX', /^RID\d{1,6}$/],
  ['RADELEMENT', /^RDE\d{1,6}(?:\.\d{1,3})?$/],
  ['FMA', /^\d{3,7}$/],
  ['UMLS', /^C\d{7}$/],
  ['MDC', /^\d{1,8}$/],
  ['NCIt', /^C\d{2,7}$/],
  ['IBSI', /^[A-Z0-9]{4}$/],
  ['ACR', /^\d{1,2}(?:\.\d{1,6})?$/],
  ['BI', /^[\d.]{1,6}$/],
  ['I10', /^[A-Z]\d{2}(?:\.\d{1,2})?$/],
  ['ISO639_2', /^[a-z]{3}$/],
  ['ISO639_1', /^[a-z]{2}$/],
  ['RFC5646', /^[a-z]{2,3}(?:-[A-Z]{2})?$/],
  ['ISO3166_1', /^[A-Z]{2,3}$/],
  ['PUBCHEM_CID', /^\d{1,9}$/],
  ['ITIS_TSN', /^\d{1,7}$/],
]);

/** Of the check digit of SNOMED CT identifiers (Verhoeff's, over the dihedral group of order ten). */
const products = [
  '0123456789', '1234067895', '2340178956', '3401289567', '4012395678', '5987604321', '6598710432', '7659821043',
  '8765932104', '9876543210',
]; // biome-ignore format: a table
const permutations = [
  '0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258',
]; // biome-ignore format: a table

/** Whether the last digit of a SNOMED CT identifier is its check digit, which that of a record number rarely is. */
function passesVerhoeff(digits: string): boolean {
  let check = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    check = Number(products[check]?.[Number(permutations[index % 8]?.[digit])]);
  }
  return check === 0;
}

/** Units and codes without digits in a row cannot hold a record number, those with can only by their scheme's form. */
export const isKnownScheme = (scheme: string): boolean => scheme === 'UCUM' || schemes.has(scheme);

export function isKnownCode(scheme: string, code: string): boolean {
  if (scheme === 'UCUM') return isUcumUnit(code);
  if (schemes.get(scheme)?.test(code) !== true) return false;
  return scheme !== 'SCT' || passesVerhoeff(code);
}

/** The forms of all schemes, for the hash of the policy. */
export const codedValueSource = (): string =>
  [...schemes].map(([scheme, form]) => `${scheme} ${form}`).join('\n');

/** Stands in for a code that cannot be kept where the sequence must have an item. */
export const removedCode = { value: 'REMOVED', scheme: '99NMIP', meaning: 'Removed' } as const;
