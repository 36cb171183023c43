/**
 * Code values that a coding scheme can have at all (PS3.16 section 8). A code of an unknown or private scheme can be
 * anything, a staff or order number too, so only codes of these schemes and forms are kept.
 */
const schemes: ReadonlyMap<string, RegExp> = new Map([
  ['DCM', /^\d{5,6}$/],
  ['SCT', /^\d{6,18}$/],
  ['SRT', /^(?:[A-Z]|[A-Z]\d)-[0-9A-F]{4,6}$/],
  ['SNM3', /^(?:[A-Z]|[A-Z]\d)-[0-9A-F]{4,6}$/],
  ['99SDM', /^(?:[A-Z]|[A-Z]\d)-[0-9A-F]{4,6}$/],
  ['LN', /^(?:LP|LA)?\d{1,6}-\d$/],
  ['UCUM', /^[A-Za-z0-9%*./{}[\]^'"()+\-_:]{1,20}$/],
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

/** Units and codes without digits in a row cannot hold a record number, those with can only by their scheme's form. */
export const isKnownScheme = (scheme: string): boolean => schemes.has(scheme);

export const isKnownCode = (scheme: string, code: string): boolean =>
  schemes.get(scheme)?.test(code) ?? false;

/** Stands in for a code that cannot be kept where the sequence must have an item. */
export const removedCode = { value: 'REMOVED', scheme: '99NMIP', meaning: 'Removed' } as const;
