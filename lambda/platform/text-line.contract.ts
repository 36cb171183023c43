import * as z from 'zod';

/** One line of text without control characters, trimmed, of so many characters. */
export const textLine = (least: number, most: number) =>
  z
    .string()
    .trim()
    .min(least)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'one line without control characters');
