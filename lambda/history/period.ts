import { refuseHistory } from './history-errors';

const DAY_MILLISECONDS = 86_400_000;

export interface Days {
  /** Beginning of the first day. */
  readonly first: Date;
  /** End of the last day: the beginning of the one after it. */
  readonly end: Date;
}

/**
 * A period of whole days, UTC.
 * @throws PlatformError PERIOD_NOT_VALID where it is empty, or longer than `mostDays`
 */
export function daysOf(period: { readonly from: string; readonly to: string }, mostDays?: number): Days {
  const first = new Date(`${period.from}T00:00:00.000Z`);
  const end = new Date(Date.parse(`${period.to}T00:00:00.000Z`) + DAY_MILLISECONDS);
  const days = (end.getTime() - first.getTime()) / DAY_MILLISECONDS;
  if (days < 1 || (mostDays !== undefined && days > mostDays)) throw refuseHistory('PERIOD_NOT_VALID');
  return { first, end };
}

/** `yyyy/mm/dd` of each day, as CloudTrail names folders; with the day after, since files come up to a quarter of an hour late. */
export function foldersOf({ first, end }: Days): string[] {
  const folders: string[] = [];
  for (let day = first.getTime(); day <= end.getTime(); day += DAY_MILLISECONDS)
    folders.push(new Date(day).toISOString().slice(0, 10).replaceAll('-', '/'));
  return folders;
}
