import { quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import { boundedMap } from '../platform/bounded-map';
import { type Clock, secondsAfter } from '../platform/clock';
import { landingKey, quarantineKey } from '../platform/object-keys';
import type { ObjectStore } from '../platform/object-store';
import type { ExpiryGroup, QuarantineRecord } from './quarantine.contract';
import type { QuarantineRecords } from './quarantine-records';
import { endsSoon } from './quarantine-time';
import type { QuarantinePlaces } from './quarantined-copy';

const groupsAtOnce = 8;

const daySeconds = 86_400;

export interface ExpireQuarantinePorts extends QuarantinePlaces {
  readonly objects: Pick<ObjectStore, 'deleteAllVersions'>;
  readonly quarantined: Pick<QuarantineRecords, 'ofSubmission' | 'end' | 'endingBy' | 'forgetExpiry'>;
  readonly warningDays: number;
  readonly clock: Clock;
}

export interface ExpiryCounts {
  /** Files that came to their end in this run. */
  readonly expired: number;
  /** Files that could be released and end soon. */
  readonly endSoon: number;
}

function belongsTo(group: ExpiryGroup) {
  return (record: QuarantineRecord) => record.held === group.held && record.expiresAt === group.expiresAt;
}

/**
 * Ends the files of a group. Their copies go with one look at the submission's prefix, and with them what a decision
 * that was cut short may have left; those of files in a replay stay until it has ended.
 */
async function expireGroup(ports: ExpireQuarantinePorts, group: ExpiryGroup): Promise<number> {
  const { submission, trust, held } = group;
  const endedAt = ports.clock.now().toISOString();
  const waiting = (await ports.quarantined.ofSubmission(submission)).filter(
    (record) => belongsTo(group)(record) && record.state === 'waiting',
  );
  const expired = await ports.quarantined.end(
    waiting.map((record) => ({ record, ending: { state: 'expired', endedAt } as const })),
  );
  const kept = (await ports.quarantined.ofSubmission(submission)).filter(
    ({ state }) => state === 'waiting' || state === 'replaying',
  );
  const quarantine = held === 'quarantine';
  const keyOf = ({ ordinal }: QuarantineRecord) =>
    quarantine ? quarantineKey(trust, submission, ordinal) : landingKey(submission, ordinal);
  await ports.objects.deleteAllVersions(
    quarantine ? ports.quarantineBucket : ports.landingBucketOf(trust),
    quarantine ? `${trust}/${submission}/` : `${submission}/`,
    new Set(kept.filter((record) => record.held === held).map(keyOf)),
  );
  if (!kept.some(belongsTo(group))) await ports.quarantined.forgetExpiry(group);
  return expired;
}

/**
 * Ends the quarantined files whose time is over and counts those that must be decided on soon. Reads the groups in the
 * order of their end and no further than the warning; a second run finds nothing left to do.
 */
export async function expireQuarantine(ports: ExpireQuarantinePorts): Promise<ExpiryCounts> {
  const now = ports.clock.now();
  const due: ExpiryGroup[] = [];
  const warned: ExpiryGroup[] = [];
  for await (const group of ports.quarantined.endingBy(secondsAfter(now, ports.warningDays * daySeconds)))
    (Date.parse(group.expiresAt) <= now.getTime() ? due : warned).push(group);
  const expired = await boundedMap(due, groupsAtOnce, (group) => expireGroup(ports, group));
  const soon = await boundedMap(warned, groupsAtOnce, async (group) => {
    const records = await ports.quarantined.ofSubmission(group.submission);
    return records.filter(
      (record) =>
        belongsTo(group)(record) &&
        quarantineReasons[record.code].release !== 'never' &&
        endsSoon(record, now, ports.warningDays),
    ).length;
  });
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return { expired: sum(expired), endSoon: sum(soon) };
}
