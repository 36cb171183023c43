import type { FileFate } from '../deidentification/pipeline.contract';
import { boundedMap } from '../platform/bounded-map';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import type { ReceiptPayload } from '../submission/submission.contract';
import {
  type FileReference,
  type ProcessingRules,
  type QuarantineRecord,
  replayFiles,
} from './quarantine.contract';
import type { Ending, QuarantineRecords } from './quarantine-records';
import { copyStands, deleteCopy, type QuarantinePlaces } from './quarantined-copy';

/** Copies deleted at once, of one submission. */
const deletionsAtOnce = 16;

export interface CloseReplayPorts extends QuarantinePlaces {
  readonly objects: Pick<ObjectStore, 'readText' | 'list' | 'deleteAllVersions'>;
  readonly quarantined: Pick<QuarantineRecords, 'getMany' | 'returnToWaiting' | 'end'>;
  readonly rulesOf: (collection: string) => ProcessingRules;
  readonly workBucket: string;
}

const nameOf = ({ submission, ordinal }: FileReference) => `${submission}/${ordinal}`;

type Replaying = Extract<QuarantineRecord, { state: 'replaying' }>;

function releasedBy(
  record: Replaying,
  fate: Exclude<FileFate, { outcome: 'quarantined' | 'missing' }>,
  endedAt: string,
): Ending {
  return {
    state: 'released',
    outcome: fate.outcome === 'imported' ? 'imported' : 'duplicateOrWithheld',
    replay: { ...record.replay, ordinal: fate.ordinal },
    endedAt,
  };
}

/**
 * Takes the fates of a replay submission back to the quarantined files of which it was made, once its receipt stands: a
 * file that is imported, a duplicate or withheld is released and its copy deleted in every version; one that is
 * quarantined again waits with its new code; one that had gone is expired. The copies that the replay itself put into
 * quarantine go, since the files lie there already. May run again at any point.
 */
export async function closeReplay(
  ports: CloseReplayPorts,
  receipt: Pick<ReceiptPayload, 'submission' | 'trust' | 'collection' | 'issuedAt'>,
  fates: readonly FileFate[],
): Promise<void> {
  const { submission, trust } = receipt;
  const place = { bucket: ports.workBucket, key: workKeys.replay(submission) };
  const { files } = await requireJson(ports.objects, place, replayFiles);
  const fateOf = new Map(fates.map((fate) => [fate.ordinal, fate]));
  const standing = await ports.quarantined.getMany(files.map(({ origin }) => origin));
  const records = new Map(standing.map((record) => [nameOf(record), record]));
  const replayed = files.map(({ origin, entry }) => {
    const record = records.get(nameOf(origin));
    const fate = fateOf.get(entry.ordinal);
    if (record === undefined || fate === undefined)
      throw new Error(`file ${entry.ordinal} of replay ${submission} has no record or no fate`);
    return { record, fate };
  });

  const endings: { record: Replaying; ending: Ending }[] = [];
  for (const { record, fate } of replayed) {
    if (record.state !== 'replaying' || record.replay.submission !== submission) continue;
    if (fate.outcome === 'quarantined') {
      const { code, tagPath } = fate;
      const rules = ports.rulesOf(receipt.collection);
      await ports.quarantined.returnToWaiting(record, { code, tagPath, rules });
    } else if (fate.outcome !== 'missing') {
      endings.push({ record, ending: releasedBy(record, fate, receipt.issuedAt) });
    } else if (await copyStands(ports, record)) {
      // Lost on the way, in landing: what is kept can be replayed again.
      await ports.quarantined.returnToWaiting(record, null);
    } else endings.push({ record, ending: { state: 'expired', endedAt: receipt.issuedAt } });
  }
  await ports.quarantined.end(endings);

  const released = replayed.filter(({ fate }) =>
    ['imported', 'duplicate', 'withheld'].includes(fate.outcome),
  );
  await boundedMap(released, deletionsAtOnce, ({ record }) => deleteCopy(ports, record));
  await ports.objects.deleteAllVersions(ports.quarantineBucket, `${trust}/${submission}/`);
}
