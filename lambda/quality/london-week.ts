import { londonDay } from '../platform/clock';
import { endOfLondonDay } from '../register/london-day';
import { daysAfter, mondayOf, weekOfDay } from './iso-week.contract';

/** A week in London: from midnight before its Monday until midnight after its Sunday. */
export interface LondonWeek {
  readonly week: string;
  readonly from: Date;
  /** First instant that is no longer of the week. */
  readonly until: Date;
  /** Sunday. */
  readonly lastDay: string;
}

const midnightAfter = (day: string): Date => new Date(endOfLondonDay(day).getTime() + 1_000);

/** A week by its name. It has 167 or 169 hours where the clocks change. */
export function londonWeek(week: string): LondonWeek {
  const monday = mondayOf(week);
  const lastDay = daysAfter(monday, 6);
  return { week, from: midnightAfter(daysAfter(monday, -1)), until: midnightAfter(lastDay), lastDay };
}

/** The last weeks that are over at `now`, oldest first. */
export function endedWeeks(now: Date, count: number): LondonWeek[] {
  const monday = mondayOf(weekOfDay(londonDay(now)));
  return Array.from({ length: count }, (_, index) =>
    londonWeek(weekOfDay(daysAfter(monday, -7 * (count - index)))),
  );
}
