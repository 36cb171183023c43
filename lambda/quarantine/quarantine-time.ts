import { secondsAfter } from '../platform/clock';
import type { QuarantineRecord } from './quarantine.contract';

const daySeconds = 86_400;

/** How long files as sent are kept; configured. */
export interface QuarantineTimes {
  readonly quarantineDays: number;
  readonly landingDays: number;
}

/**
 * When a quarantined file ends. One that stayed in landing has no longer than landing keeps anything, counted from the
 * moment before which nothing of its submission can have landed.
 */
export function expiryOf(
  held: QuarantineRecord['held'],
  { quarantinedAt, createdAt }: { readonly quarantinedAt: Date; readonly createdAt: Date },
  times: QuarantineTimes,
): Date {
  return held === 'quarantine'
    ? secondsAfter(quarantinedAt, times.quarantineDays * daySeconds)
    : secondsAfter(createdAt, times.landingDays * daySeconds);
}

/**
 * Whether a file that is kept must be decided on soon: within the days of the warning, but not in the first half of
 * its time, in which nobody could have come to it.
 */
export function endsSoon(
  record: Pick<QuarantineRecord, 'state' | 'quarantinedAt' | 'expiresAt'>,
  now: Date,
  warningDays: number,
): boolean {
  if (record.state !== 'waiting' && record.state !== 'replaying') return false;
  const from = Date.parse(record.quarantinedAt);
  const until = Date.parse(record.expiresAt);
  const warnedFrom = Math.max(until - warningDays * daySeconds * 1000, from + (until - from) / 2);
  return now.getTime() >= warnedFrom;
}
