/**
 * Working days in England: Monday to Friday without the bank holidays of the Banking and Financial Dealings Act 1971 and
 * custom. A holiday proclaimed for one year alone (a jubilee, say) counts as a working day.
 */

const DAY_MILLISECONDS = 86_400_000;

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MILLISECONDS;
const dateOf = (day: number): string => new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10);
/** 0 is Sunday. */
const weekday = (day: number): number => (day + 4) % 7;
const firstOf = (year: number, month: number): number => Date.UTC(year, month - 1, 1) / DAY_MILLISECONDS;

/** Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher). */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return firstOf(year, month) + day - 1;
}

function firstMonday(year: number, month: number): number {
  const first = firstOf(year, month);
  return first + ((8 - weekday(first)) % 7);
}

function lastMonday(year: number, month: number): number {
  const last = firstOf(year, month + 1) - 1;
  return last - ((weekday(last) + 6) % 7);
}

/** The first of the days from `day` on that is no weekend and not taken: where a holiday is observed. */
function observed(day: number, taken: ReadonlySet<number>): number {
  let substitute = day;
  while (weekday(substitute) % 6 === 0 || taken.has(substitute)) substitute += 1;
  return substitute;
}

/** Bank holidays of a year, as `YYYY-MM-DD` in order. */
export function bankHolidays(year: number): string[] {
  const easter = easterSunday(year);
  const days = new Set([
    observed(firstOf(year, 1), new Set()),
    easter - 2,
    easter + 1,
    firstMonday(year, 5),
    lastMonday(year, 5),
    lastMonday(year, 8),
  ]);
  // A weekend's Christmas or Boxing Day moves behind the other where that stands on its own day.
  const christmas = firstOf(year, 12) + 24;
  const own = [christmas, christmas + 1].filter((day) => weekday(day) % 6 !== 0);
  for (const day of own) days.add(day);
  for (const day of [christmas, christmas + 1]) if (!days.has(day)) days.add(observed(day, days));
  return [...days].sort((one, other) => one - other).map(dateOf);
}

/**
 * Working days after one date up to and with another; 0 on the day itself.
 * @param from, to `YYYY-MM-DD` in London
 */
export function workingDaysAfter(from: string, to: string): number {
  const [first, last] = [dayOf(from) + 1, dayOf(to)];
  const holidays = new Set<string>();
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1)
    for (const holiday of bankHolidays(year)) holidays.add(holiday);
  let count = 0;
  for (let day = first; day <= last; day += 1)
    if (weekday(day) % 6 !== 0 && !holidays.has(dateOf(day))) count += 1;
  return count;
}
