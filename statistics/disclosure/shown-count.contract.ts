import * as z from 'zod';

/** Fewer people than this are not shown (NHS rule for secondary care data): they may name somebody. */
export const leastShown = 8;

/** Counts of people are shown to the nearest multiple of this. */
export const shownStep = 5;

/** A count of people as it may be shown: rounded, or suppressed. Suppressed says nothing, not even that there is anybody. */
export const shownCount = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('shown'),
    value: z
      .number()
      .int()
      .refine(
        (value) => value === 0 || (value >= leastShown && value % shownStep === 0),
        `0, or a multiple of ${shownStep} from ${leastShown} on: a count after the disclosure rule`,
      ),
  }),
  z.strictObject({ kind: z.literal('suppressed') }),
]);

export type ShownCount = z.infer<typeof shownCount>;
