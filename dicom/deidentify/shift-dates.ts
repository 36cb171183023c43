const day = 86_400_000;

/** Moves a calendar date by whole days; null where it is none or leaves the years 1 to 9999. */
function shift(year: number, month: number, dayOfMonth: number, days: number): string | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, dayOfMonth);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth) return null;
  const moved = new Date(date.getTime() - days * day);
  if (moved.getUTCFullYear() < 1) return null;
  return (
    moved.getUTCFullYear().toString().padStart(4, '0') +
    (moved.getUTCMonth() + 1).toString().padStart(2, '0') +
    moved.getUTCDate().toString().padStart(2, '0')
  );
}

/** A DA value (also in the old form with dots) moved `days` into the past; null where it is not a date. */
export function shiftDate(text: string, days: number): string | null {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(text.trim());
  return match === null ? null : shift(Number(match[1]), Number(match[2]), Number(match[3]), days);
}

/**
 * A DT value moved `days` into the past, its time of day and offset from UTC kept. A value of lower precision is moved
 * from its first day and keeps its precision. Null where it is no date and time.
 */
export function shiftDateTime(text: string, days: number): string | null {
  const match =
    /^(\d{4})(\d{2})?(\d{2})?((?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?)?([+-](?:0\d|1[0-4])[0-5]\d)?$/.exec(
      text.trim(),
    );
  if (match === null || (match[4] !== undefined && match[3] === undefined)) return null;
  const moved = shift(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1), days);
  if (moved === null) return null;
  const precision = match[3] !== undefined ? 8 : match[2] !== undefined ? 6 : 4;
  return moved.slice(0, precision) + (match[4] ?? '') + (match[5] ?? '');
}

/** Whole years between two DA values; null where either is not a date or the first is later. */
export function yearsBetween(from: string, to: string): number | null {
  const pattern = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
  const start = pattern.exec(from.trim());
  const end = pattern.exec(to.trim());
  if (start === null || end === null) return null;
  const [startYear, startDay] = [Number(start[1]), Number(start[2]) * 100 + Number(start[3])];
  const [endYear, endDay] = [Number(end[1]), Number(end[2]) * 100 + Number(end[3])];
  const years = endYear - startYear - (endDay < startDay ? 1 : 0);
  return years < 0 ? null : years;
}

/** An AS value with every age of 90 years and over made 90 (an age above 89 identifies); null where it is no age. */
export function capAge(text: string): string | null {
  const match = /^(\d{1,3})([DWMY])$/.exec(text.trim().toUpperCase());
  if (match === null) return null;
  const number = Number(match[1]);
  const unit = match[2] as 'D' | 'W' | 'M' | 'Y';
  const years = number / { D: 365.25, W: 52.18, M: 12, Y: 1 }[unit];
  return years >= 90 ? '090Y' : number.toString().padStart(3, '0') + unit;
}

/** Whole years of an AS value. */
export function ageInYears(text: string): number | null {
  const match = /^(\d{3})([DWMY])$/.exec(text);
  if (match === null) return null;
  return Math.floor(
    Number(match[1]) / { D: 365.25, W: 52.18, M: 12, Y: 1 }[match[2] as 'D' | 'W' | 'M' | 'Y'],
  );
}
