import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { Grant } from './grant.contract';
import { earlierDate } from './london-day';

const DAY_MILLISECONDS = 86_400_000;

/** Whole days from one calendar date `YYYY-MM-DD` to another; negative where the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MILLISECONDS);
}

/** The calendar date some days before another. */
export function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * DAY_MILLISECONDS).toISOString().slice(0, 10);
}

/**
 * Last day of access under a grant: its own, or that of the legal basis as configured now, whichever is first. A
 * collection that is no longer configured has no legal basis to go by; credentials for it are refused in any case.
 */
export function lastDayOf(
  grant: Pick<Grant, 'collection' | 'endsOn'>,
  collections: readonly CollectionConfiguration[],
): string {
  const collection = collections.find(({ id }) => id === grant.collection);
  return collection ? earlierDate(grant.endsOn, collection.legalBasis.endsOn) : grant.endsOn;
}
