const londonWallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** London's wall clock at an instant, as milliseconds since the epoch as if London kept UTC. */
function londonWallTime(at: Date): number {
  const parts = Object.fromEntries(londonWallClock.formatToParts(at).map((part) => [part.type, part.value]));
  return Date.parse(
    `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`,
  );
}

/**
 * The instant of 23:59:59 in London on a calendar date. Clocks there change at 01:00 UTC, so this second exists exactly
 * once every day, and the offset found for it is the one that holds.
 *
 * @param date `YYYY-MM-DD`
 */
export function endOfLondonDay(date: string): Date {
  const asIfUtc = Date.parse(`${date}T23:59:59Z`);
  if (Number.isNaN(asIfUtc)) throw new RangeError('not a calendar date');
  return new Date(asIfUtc - (londonWallTime(new Date(asIfUtc)) - asIfUtc));
}

/** The earlier of two calendar dates `YYYY-MM-DD`. */
export function earlierDate(one: string, other: string): string {
  return one < other ? one : other;
}
