import * as z from 'zod';

/** Fewer than this are not shown (NHS rule for secondary care data): they may name somebody. */
export const leastShown = 8;

/** Counts are shown to the nearest multiple of this. */
export const shownStep = 5;

/** A count as it may be shown: rounded, or withheld because it is 1 to 7. None is shown as none. */
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

/** The value of a count, null where it is withheld. */
export function shownValue(count: ShownCount): number | null {
  return count.kind === 'shown' ? count.value : null;
}

/**
 * The part that a count is of a total, from what is shown of both; null where one is withheld or the total is 0. Rounding
 * may put a part a little above its whole, so it is 1 at most.
 */
export function shownShare(part: ShownCount, total: ShownCount): number | null {
  const [above, below] = [shownValue(part), shownValue(total)];
  return above === null || below === null || below === 0 ? null : Math.min(1, above / below);
}
