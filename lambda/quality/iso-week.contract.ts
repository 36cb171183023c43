import * as z from 'zod';

/** Weeks of ISO 8601: from Monday on, named by the year of their Thursday. All days are calendar dates `YYYY-MM-DD`. */

const dayMilliseconds = 86_400_000;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Days from Monday to `time`, a midnight of UTC: 0 to 6. */
const daysFromMonday = (time: number): number => (new Date(time).getUTCDay() + 6) % 7;

/** The week of a calendar date, as `2026-W48`. */
export function weekOfDay(day: string): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  const thursday = time + (3 - daysFromMonday(time)) * dayMilliseconds;
  const year = dayOf(thursday).slice(0, 4);
  const week = 1 + Math.floor((thursday - Date.parse(`${year}-01-01T00:00:00Z`)) / (7 * dayMilliseconds));
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** Monday of a week. The fourth of January stands in the first week of every year (ISO 8601, 3.1.1.23). */
export function mondayOf(week: string): string {
  const fourth = Date.parse(`${week.slice(0, 4)}-01-04T00:00:00Z`);
  return dayOf(fourth + (7 * (Number(week.slice(6)) - 1) - daysFromMonday(fourth)) * dayMilliseconds);
}

/** `days` after a calendar date. */
export function daysAfter(day: string, days: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * dayMilliseconds);
}

/** A week that exists: some years have no week 53. */
export const isoWeek = z
  .string()
  .regex(/^20\d\d-W(0[1-9]|[1-4]\d|5[0-3])$/, 'an ISO week, e.g. 2026-W48')
  .refine((week) => weekOfDay(mondayOf(week)) === week, 'a week that the year has');
