/** Share of a day's examinations in each hour, London time: an assumption, a working day with a long tail of emergencies. */
const hourShares = [
  1.2, 1, 0.8, 0.7, 0.7, 0.9, 1.4, 2.6, 5.6, 7.8, 8.6, 8.6, 7.8, 7.6, 8.2, 8, 7, 5.2, 4, 3.4, 3, 2.6, 1.8,
  1.5,
] as const;

/** Examinations of each day, Monday first, in mean days: an assumption, since weekends are mostly emergencies. */
const dayShares = [1.22, 1.24, 1.22, 1.2, 1.12, 0.54, 0.46] as const;

const HOUR = 3_600;
const WEEK = 7 * 24 * HOUR;

/** Share of a week's examinations before each hour of the week. */
const beforeHour = (() => {
  const hours = dayShares.flatMap((day) => hourShares.map((hour) => day * hour));
  const total = hours.reduce((sum, share) => sum + share, 0);
  const before = [0];
  for (const share of hours) before.push((before.at(-1) ?? 0) + share / total);
  return before;
})();

/** Weeks' worth of examinations done from the start (a Monday, midnight) until `seconds`. */
function doneUntil(seconds: number): number {
  const weeks = Math.floor(seconds / WEEK);
  const hours = (seconds - weeks * WEEK) / HOUR;
  const hour = Math.floor(hours);
  const [from, to] = [beforeHour[hour] ?? 1, beforeHour[hour + 1] ?? 1];
  return weeks + from + (to - from) * (hours - hour);
}

/** Share of the examinations of `horizon` seconds that are done from `from` until `to`. */
export function shareDone(from: number, to: number, horizon: number): number {
  return (doneUntil(Math.min(to, horizon)) - doneUntil(Math.max(0, from))) / doneUntil(horizon);
}
