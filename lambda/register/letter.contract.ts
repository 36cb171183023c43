import * as z from 'zod';
import { applicationId, londonDate } from './identifiers.contract';

/** Letters of the committee to an applicant, made of what the register holds. They name no reviewer and no member. */

/** `decision` is an approval or a rejection, as the application stands; `renewal` reminds of the last day. */
export const letterKind = z.enum(['received', 'returned', 'decision', 'renewal']);

export const letter = z.object({
  applicationId,
  kind: letterKind,
  /** Day of what the letter tells, Europe/London; of a reminder, today. */
  date: londonDate,
  subject: z.string(),
  text: z.string(),
  /** A whole page of HTML without scripts, images or links. */
  html: z.string(),
});

export type LetterKind = z.infer<typeof letterKind>;
export type Letter = z.infer<typeof letter>;
