import * as z from 'zod';
import { countIssue } from './fault-issue';

/** More people than live: whatever is above is a slip of the keyboard. */
export const mostPeople = 10_000_000_000;

/** Limit that a suppressed cell may name, at most: it counts as empty in the shares of others, so it must be small. */
const largestLimit = 100;

/**
 * A count as it may be shown. A suppressed cell says how many it may hold at most where its rule says so: one that was
 * suppressed to protect another cell may hold any number.
 */
export type Cell = { readonly shown: number } | { readonly suppressed: true; readonly atMost?: number };

const shownCell = z.strictObject({ shown: z.number() });
const suppressedCell = z.strictObject({
  suppressed: z.literal(true),
  atMost: z.number().int().min(1).max(largestLimit).optional(),
});

/** A count, or a cell that has been through the disclosure rule. */
export const cell = z.unknown().transform((value, context): Cell => {
  const suppressed = suppressedCell.safeParse(value);
  if (suppressed.success) {
    const { atMost } = suppressed.data;
    return atMost === undefined ? { suppressed: true } : { suppressed: true, atMost };
  }
  const shown = shownCell.safeParse(value);
  const count = shown.success ? shown.data.shown : value;
  const issue = countIssue(count, mostPeople);
  if (issue === null) return { shown: count as number };
  context.issues.push({ ...issue, input: value });
  return z.NEVER;
});

/** A cell as it stands in a report. */
export const reportCell = z.union([
  z.strictObject({ shown: z.number().int().min(0) }),
  z.strictObject({ suppressed: z.literal(true), atMost: z.number().int().min(1).optional() }),
]);

export const isShown = (value: Cell): value is { readonly shown: number } => 'shown' in value;

/** People that are seen in a cell: none where it is suppressed. */
export const seenIn = (value: Cell): number => (isShown(value) ? value.shown : 0);
