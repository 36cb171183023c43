import { boundedMap } from '../platform/bounded-map';
import type { Clock } from '../platform/clock';
import { landingKey, ordinalOfKey, workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import { isAccessDenied } from '../platform/s3-failures';
import type { PipelineStarter } from '../submission/complete-submission';
import type { SubmissionRecord } from '../submission/submission.contract';
import {
  type QuarantineRecord,
  type ReleasePartFiles,
  type ReplayFiles,
  releasePartFiles,
  replayFiles,
} from './quarantine.contract';
import type { QuarantineRecords } from './quarantine-records';
import { copyPlace, type QuarantinePlaces } from './quarantined-copy';
import type { ReleaseStore } from './release-store';
import type { ReplaySubmissions } from './replay-submissions';

/** Copies under way at once; S3 does the work, and the function waits for it. */
const copiesAtOnce = 16;

const claimsAtOnce = 8;

export interface ReplayPartPorts extends QuarantinePlaces {
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list' | 'copy'>;
  readonly quarantined: Pick<QuarantineRecords, 'getMany' | 'beginReplay' | 'returnToWaiting'>;
  readonly releases: Pick<ReleaseStore, 'start'>;
  readonly submissions: { get(id: string): Promise<SubmissionRecord | null> };
  readonly replays: ReplaySubmissions;
  readonly pipeline: PipelineStarter;
  readonly workBucket: string;
  readonly clock: Clock;
}

/** What a part came to: counts only. */
export interface ReplayPartOutput {
  readonly part: number;
  readonly files: number;
  readonly copied: number;
}

type Taken = Extract<QuarantineRecord, { state: 'replaying' }>;

/** Takes the files of a part that are free, or that an earlier run of it took. */
async function takeFiles(ports: ReplayPartPorts, part: ReleasePartFiles): Promise<Taken[]> {
  const { release, submission } = part;
  const records = await ports.quarantined.getMany(part.files);
  await boundedMap(
    records.filter(({ state }) => state === 'waiting'),
    claimsAtOnce,
    (record) => ports.quarantined.beginReplay(record, { release, submission }),
  );
  const after = await ports.quarantined.getMany(part.files);
  return after.filter(
    (record): record is Taken => record.state === 'replaying' && record.replay.submission === submission,
  );
}

/** The files of a replay submission in manifest order: those of a series of one submission are a group. */
export function numberFiles(
  part: Pick<ReleasePartFiles, 'release' | 'submission'>,
  taken: readonly Taken[],
): ReplayFiles {
  const groups = new Map<string, number>();
  const files = [...taken]
    .sort((left, right) =>
      left.submission === right.submission
        ? left.entry.group - right.entry.group || left.ordinal - right.ordinal
        : left.submission < right.submission
          ? -1
          : 1,
    )
    .map(({ submission, ordinal: originOrdinal, held, entry }, index) => {
      const ordinal = index + 1;
      const name = `${submission}/${entry.group}`;
      const group = groups.get(name) ?? ordinal;
      groups.set(name, group);
      return { origin: { submission, ordinal: originOrdinal }, held, entry: { ...entry, ordinal, group } };
    });
  return { release: part.release, submission: part.submission, files };
}

/** The list of files that the first run wrote; files that this run took beside it are given back. */
async function fixFiles(ports: ReplayPartPorts, part: ReleasePartFiles): Promise<ReplayFiles> {
  const place = { bucket: ports.workBucket, key: workKeys.replay(part.submission) };
  let list = await readJson(ports.objects, place, replayFiles);
  if (list === null) {
    const numbered = numberFiles(part, await takeFiles(ports, part));
    const written = await writeJson(ports.objects, place, numbered, { onlyIfAbsent: true });
    list = written ? numbered : await requireJson(ports.objects, place, replayFiles);
  }
  const listed = new Set(list.files.map(({ origin }) => `${origin.submission}/${origin.ordinal}`));
  for (const record of await ports.quarantined.getMany(part.files)) {
    const strays =
      record.state === 'replaying' &&
      record.replay.submission === part.submission &&
      !listed.has(`${record.submission}/${record.ordinal}`);
    if (strays) await ports.quarantined.returnToWaiting(record, null);
  }
  return list;
}

/** Copies into landing what is not there yet; gives the number of files that are there in the end. */
async function copyFiles(
  ports: ReplayPartPorts,
  part: ReleasePartFiles,
  { files }: ReplayFiles,
): Promise<number> {
  const bucket = ports.landingBucketOf(part.trust);
  const landed = new Map<number, number>();
  for await (const { key, bytes } of ports.objects.list(bucket, `${part.submission}/`)) {
    const ordinal = ordinalOfKey(key);
    if (ordinal !== null) landed.set(ordinal, bytes);
  }
  const copied = await boundedMap(files, copiesAtOnce, async ({ origin, held, entry }) => {
    if (landed.has(entry.ordinal)) return true;
    const source = copyPlace(ports, { ...origin, trust: part.trust, held });
    const to = { bucket, key: landingKey(part.submission, entry.ordinal) };
    try {
      // In the parts of the manifest, whose digests Plan compares with those that S3 then has of the copy.
      return await ports.objects.copy(source, to, {}, entry.parts?.bytes);
    } catch (error) {
      // Landing gives out nothing in which the malware scan found something: it waits on, and keeps no other file.
      if (isAccessDenied(error)) return false;
      throw error;
    }
  });
  return copied.filter(Boolean).length;
}

/**
 * Makes one replay submission of a release: takes the files that are free, copies them into the trust's landing bucket
 * inside S3, and starts the ordinary pipeline. A file whose copy has gone, or may not be read, ends as missing. A second
 * run goes on where the first one ended, and changes nothing where the submission stands.
 */
export async function replayPart(
  ports: ReplayPartPorts,
  step: { readonly releaseId: string; readonly part: number },
): Promise<ReplayPartOutput> {
  const place = { bucket: ports.workBucket, key: workKeys.releasePart(step.releaseId, step.part) };
  const part = await requireJson(ports.objects, place, releasePartFiles);
  const list = await fixFiles(ports, part);
  await ports.releases.start(part.release, part.part, list.files.length);
  if (list.files.length === 0) return { part: part.part, files: 0, copied: 0 };

  const known = await ports.submissions.get(part.submission);
  let copied = list.files.length;
  // Where the submission stands its files were copied, and its receipt may have deleted them since.
  if (known === null) {
    copied = await copyFiles(ports, part, list);
    const now = ports.clock.now().toISOString();
    const entries = list.files.map(({ entry }) => entry);
    await ports.replays.create(
      {
        id: part.submission,
        state: 'processing',
        trust: part.trust,
        collection: part.collection,
        fileCount: entries.length,
        totalBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
        createdAt: now,
        completedAt: now,
        createdBy: part.requestedBy,
        replayOf: [...new Set(list.files.map(({ origin }) => origin.submission))],
      },
      entries,
    );
  }
  if (known === null || known.state === 'processing') await ports.pipeline.start(part.submission);
  return { part: part.part, files: list.files.length, copied };
}
