/** The time of day, injected so that rules about time can be tested. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const londonDate = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Calendar date in Europe/London as `YYYY-MM-DD`: end dates of legal bases and grants are days there. */
export function londonDay(time: Date): string {
  return londonDate.format(time);
}

/** `seconds` after `time`. */
export function secondsAfter(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
