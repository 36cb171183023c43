import { median } from '../platform/median.contract';
import type { LedgerTotals, QuarantineTotals, SubmissionRecord } from '../submission/submission.contract';
import type { LondonWeek } from './london-week';
import type { Deliveries, Scorecard } from './quality.contract';

const dayMilliseconds = 86_400_000;

type Closed = Exclude<SubmissionRecord, { state: 'open' }>;
type Finished = Extract<SubmissionRecord, { state: 'done' }>;

const isClosed = (record: SubmissionRecord): record is Closed => record.state !== 'open';
const isFinished = (record: SubmissionRecord): record is Finished => record.state === 'done';

const secondsBetween = (from: string, until: string): number =>
  Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);

/** Submissions of a trust whose receipt was written in a week. */
export function finishedInWeek(
  records: readonly SubmissionRecord[],
  { from, until }: Pick<LondonWeek, 'from' | 'until'>,
): Finished[] {
  return records.filter(isFinished).filter(({ finishedAt }) => {
    const at = Date.parse(finishedAt);
    return at >= from.getTime() && at < until.getTime();
  });
}

/** The smallest value that at least `share` of them do not exceed (nearest rank); null of none. */
export function nearestRank(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** Sums of the totals that the receipts left in the ledger. */
export function sumDeliveries(
  records: readonly { readonly totals: LedgerTotals; readonly quarantine: QuarantineTotals }[],
): Deliveries {
  const files = { imported: 0, duplicateOrWithheld: 0, quarantined: 0, missing: 0 };
  const quarantine: QuarantineTotals = {};
  for (const { totals, quarantine: byCode } of records) {
    for (const outcome of Object.keys(files) as (keyof typeof files)[]) files[outcome] += totals[outcome];
    for (const [code, count] of Object.entries(byCode) as [keyof QuarantineTotals, number][])
      quarantine[code] = (quarantine[code] ?? 0) + count;
  }
  return { submissions: records.length, files, quarantine };
}

/** Of what waits for its receipt at an instant: completed by then, and not finished by then. */
function backlogAt(records: readonly SubmissionRecord[], until: Date): Scorecard['backlog'] {
  const waiting = records
    .filter(isClosed)
    .filter(({ completedAt }) => Date.parse(completedAt) < until.getTime())
    .filter((record) => !isFinished(record) || Date.parse(record.finishedAt) >= until.getTime());
  const ages = waiting.map(({ completedAt }) => secondsBetween(completedAt, until.toISOString()));
  return {
    submissions: waiting.length,
    files: waiting.reduce((sum, { fileCount }) => sum + fileCount, 0),
    oldestSeconds: nearestRank(ages, 1),
  };
}

/** The part of a scorecard that the ledger tells, the same whenever it is asked. */
export function ledgerScorecard(
  records: readonly SubmissionRecord[],
  week: LondonWeek,
): Pick<Scorecard, 'delivered' | 'replayed' | 'delay' | 'backlog'> {
  const finished = finishedInWeek(records, week);
  const sent = finished.filter(({ replayOf }) => replayOf === undefined);
  const delays = sent.map(({ completedAt, finishedAt }) => secondsBetween(completedAt, finishedAt));
  const middle = median(delays);
  const ninetieth = nearestRank(delays, 0.9);
  return {
    delivered: sumDeliveries(sent),
    replayed: sumDeliveries(finished.filter(({ replayOf }) => replayOf !== undefined)),
    delay:
      middle === null || ninetieth === null ? null : { medianSeconds: middle, ninetiethSeconds: ninetieth },
    backlog: backlogAt(records, week.until),
  };
}

/** Days from one calendar date to another, below 0 where that is earlier. */
export function daysUntil(from: string, until: string): number {
  return (Date.parse(until) - Date.parse(from)) / dayMilliseconds;
}
