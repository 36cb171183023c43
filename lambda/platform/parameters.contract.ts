import * as z from 'zod';

/** A whole number in a path or a query, in decimal digits: no sign, no exponent, no leading zero. */
export function numberInText(least: number, most: number) {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,8})$/, 'a whole number')
    .transform(Number)
    .pipe(z.number().int().min(least).max(most));
}

/** The `next` of a listing, as the page before gave it. */
export const pageToken = z.string().min(1).max(2_000);
