/** Ten digits whose last is the check digit of the NHS number (NHS Data Dictionary, modulus 11). */
export type NhsNumber = string & { readonly __brand: 'NhsNumber' };

/** Spaces, no-break and thin spaces, dashes of all kinds, dots: what people write between the digits. */
const separators = /[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff\-\u2010-\u2015\u2212.]/g;

/** Whether ten digits pass: weights 10 to 2, check digit 11 − (sum mod 11), 11 → 0, 10 never issued. */
export function passesModulus11(digits: string): boolean {
  if (!/^\d{10}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += Number(digits[index]) * (10 - index);
  const check = (11 - (sum % 11)) % 11;
  return check !== 10 && check === Number(digits[9]);
}

/** An NHS number out of text that holds nothing else, in any usual spelling; null where it is none. */
export function parseNhsNumber(text: string): NhsNumber | null {
  const digits = text
    .normalize('NFKC')
    .replace(separators, '')
    .replace(/(?<!\0)\0+$/, '');
  // Ten equal digits pass the check only as 0000000000 and are placeholders in practice.
  return passesModulus11(digits) && !/^(\d)\1{9}$/.test(digits) ? (digits as NhsNumber) : null;
}
