import { quarantineReasons } from '../../dicom/quarantine/quarantine-codes';
import { boundedMap } from '../platform/bounded-map';
import { canonicalDigest } from '../platform/canonical-json';
import { type Clock, londonDay } from '../platform/clock';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, writeJson } from '../platform/object-store';
import type { RequestPerson } from '../platform/request-person';
import type { SubmissionRecord } from '../submission/submission.contract';
import { dependsOnRules, type PlannedPart, planParts } from './plan-release';
import { rulesDiffer } from './processing-rules';
import {
  type FileReference,
  type PartView,
  type ProcessingRules,
  type ReleaseAnswer,
  type ReleasePart,
  type ReleasePartFiles,
  type ReleaseRecord,
  type ReleaseRequest,
  type ReleaseView,
  releaseFileLimit,
  type WaitingRecord,
} from './quarantine.contract';
import { refuseQuarantine } from './quarantine-errors';
import type { QuarantineRecords } from './quarantine-records';
import type { ReleaseStore, RepeatableRelease } from './release-store';

/** Keys of a list that one query reads: 1 MB holds some ten thousand. */
const filesAQuery = 5_000;

const partsAtOnce = 8;

/** Starts the copying of a release; an execution of that name that exists already is left as it is. */
export interface ReplayStarter {
  start(releaseId: string, parts: readonly number[]): Promise<void>;
}

export interface ReleaseFilesPorts {
  readonly quarantined: Pick<QuarantineRecords, 'getMany' | 'counts' | 'list'>;
  readonly releases: ReleaseStore;
  readonly submissions: { get(id: string): Promise<SubmissionRecord | null> };
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly replays: ReplayStarter;
  /** Rules of a collection as it is configured now; null where it is not. */
  readonly rulesOf: (collection: string) => ProcessingRules | null;
  /** Last day of the legal basis of a collection. */
  readonly endOf: (collection: string) => string | null;
  readonly trusts: ReadonlySet<string>;
  readonly workBucket: string;
  readonly clock: Clock;
  readonly newReleaseId: () => string;
  readonly newSubmissionId: () => string;
}

interface Selection {
  readonly waiting: readonly WaitingRecord[];
  readonly leftOut: ReleaseAnswer['leftOut'];
}

/** The kept files of a code, those of the first trusts first, up to the limit of one release. */
async function filesOfCode(
  ports: ReleaseFilesPorts,
  code: WaitingRecord['code'],
  trust: string | undefined,
): Promise<{ files: FileReference[]; aboveLimit: number }> {
  const counts = (await ports.quarantined.counts()).filter(
    (count) => count.code === code && count.files > 0 && (trust === undefined || count.trust === trust),
  );
  const files: FileReference[] = [];
  for (const count of counts) {
    let after: string | undefined;
    do {
      const limit = Math.min(filesAQuery, releaseFileLimit - files.length);
      if (limit <= 0) break;
      const page = await ports.quarantined.list({ trust: count.trust, list: 'KEPT', code, limit, after });
      files.push(...page.files);
      after = page.next ?? undefined;
    } while (after !== undefined);
  }
  const all = counts.reduce((sum, count) => sum + count.files, 0);
  return { files, aboveLimit: Math.max(0, all - files.length) };
}

async function namedFiles(
  ports: ReleaseFilesPorts,
  files: readonly FileReference[],
): Promise<{ files: readonly FileReference[]; aboveLimit: number }> {
  const names = new Set(files.map(({ submission, ordinal }) => `${submission}/${ordinal}`));
  if (names.size < files.length) throw refuseQuarantine('FILES_REPEATED');
  const found = await ports.quarantined.getMany(files);
  if (found.length < files.length)
    throw refuseQuarantine('FILE_NOT_FOUND', {
      detail: `${files.length - found.length} of ${files.length} files are not in quarantine.`,
    });
  const never = found.filter(({ code }) => quarantineReasons[code].release === 'never');
  if (never.length > 0)
    throw refuseQuarantine('NEVER_RELEASED', {
      detail: `Never released: ${[...new Set(never.map(({ code }) => code))].join(', ')}.`,
    });
  return { files, aboveLimit: 0 };
}

/** The files of a request that wait and may fare otherwise than before. */
async function select(ports: ReleaseFilesPorts, request: ReleaseRequest): Promise<Selection> {
  const { code, files = [], trust, again } = request;
  if (code !== undefined && quarantineReasons[code].release === 'never')
    throw refuseQuarantine('NEVER_RELEASED', { detail: quarantineReasons[code].releaseReason });
  const asked = code === undefined ? await namedFiles(ports, files) : await filesOfCode(ports, code, trust);
  const records = await ports.quarantined.getMany(asked.files);
  const waiting = records.filter((record) => record.state === 'waiting');
  if (waiting.length === 0) throw refuseQuarantine('NOTHING_TO_RELEASE');
  const today = londonDay(ports.clock.now());
  const taken = waiting.filter((record) => {
    const rules = ports.rulesOf(record.collection);
    const end = ports.endOf(record.collection);
    if (rules === null || end === null || today > end)
      throw refuseQuarantine('COLLECTION_ENDED', { detail: `Collection ${record.collection} has ended.` });
    if (!ports.trusts.has(record.trust))
      throw refuseQuarantine('TRUST_NOT_CONFIGURED', { detail: `Trust ${record.trust}.` });
    return again || !dependsOnRules(record) || rulesDiffer(record.rules, rules);
  });
  const unchanged = waiting.length - taken.length;
  if (taken.length === 0) throw refuseQuarantine('RULES_NOT_CHANGED', { extensions: { unchanged } });
  return {
    waiting: taken,
    leftOut: {
      unchanged,
      notWaiting: records.length - waiting.length,
      aboveLimit: asked.aboveLimit,
    },
  };
}

async function writeParts(
  ports: ReleaseFilesPorts,
  release: string,
  requestedBy: string,
  planned: readonly PlannedPart[],
): Promise<ReleasePart[]> {
  return boundedMap(planned, partsAtOnce, async ({ part, files }) => {
    const submission = ports.newSubmissionId();
    const { trust, collection } = part;
    const content: ReleasePartFiles = {
      release,
      part: part.part,
      trust,
      collection,
      submission,
      requestedBy,
      files: files.map(({ submission: origin, ordinal }) => ({ submission: origin, ordinal })),
    };
    const place = { bucket: ports.workBucket, key: workKeys.releasePart(release, part.part) };
    await writeJson(ports.objects, place, content);
    return { ...part, submission };
  });
}

async function viewParts(ports: ReleaseFilesPorts, release: ReleaseRecord): Promise<PartView[]> {
  const started = await ports.releases.startedParts(release.id);
  return boundedMap(release.parts, partsAtOnce, async (part): Promise<PartView> => {
    const files = started.get(part.part);
    if (files === 0) return { ...part, state: 'nothing-to-do' };
    const submission = await ports.submissions.get(part.submission);
    if (submission === null) return { ...part, state: files === undefined ? 'planned' : 'copying' };
    const { state } = submission;
    return state === 'done' ? { ...part, state, totals: submission.totals } : { ...part, state };
  });
}

/** Starts what a release has not started yet, and shows it. */
async function carryOn(
  ports: ReleaseFilesPorts,
  release: ReleaseRecord,
  leftOut: ReleaseAnswer['leftOut'],
): Promise<ReleaseAnswer> {
  await ports.replays.start(
    release.id,
    release.parts.map(({ part }) => part),
  );
  const parts = await viewParts(ports, release);
  return { id: release.id, ...sums(release.parts), parts, leftOut };
}

function sums(parts: readonly Pick<ReleasePart, 'files' | 'bytes'>[]): { files: number; bytes: number } {
  return {
    files: parts.reduce((sum, part) => sum + part.files, 0),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
  };
}

function repeatable(
  person: RequestPerson,
  key: string | undefined,
  request: ReleaseRequest,
): RepeatableRelease | null {
  if (key === undefined) return null;
  return { subject: person.subject, key, digest: canonicalDigest(request) };
}

const nothingLeftOut = { unchanged: 0, notWaiting: 0, aboveLimit: 0 };

async function earlierRelease(
  ports: ReleaseFilesPorts,
  repeated: RepeatableRelease,
): Promise<ReleaseRecord | null> {
  const earlier = await ports.releases.earlier(repeated);
  if (earlier === null) return null;
  if (earlier.digest !== repeated.digest) throw refuseQuarantine('IDEMPOTENCY_KEY_REUSED');
  return ports.releases.get(earlier.release);
}

/**
 * Releases quarantined files: plans replay submissions of them and starts their making. Nothing is changed of the files
 * here; each part takes those that are still free. With a key, the same request again gives the same release.
 * @throws PlatformError of quarantine-errors.ts
 */
export async function releaseFiles(
  ports: ReleaseFilesPorts,
  person: RequestPerson,
  request: ReleaseRequest,
  key: string | undefined,
): Promise<ReleaseAnswer> {
  const repeated = repeatable(person, key, request);
  if (repeated !== null && !request.dryRun) {
    const earlier = await earlierRelease(ports, repeated);
    if (earlier !== null) return carryOn(ports, earlier, nothingLeftOut);
  }
  const { waiting, leftOut } = await select(ports, request);
  const planned = planParts(waiting);
  if (request.dryRun) {
    const parts = planned.map(
      ({ part }): PartView => ({ ...part, submission: ports.newSubmissionId(), state: 'planned' }),
    );
    return { ...sums(parts), parts, leftOut };
  }
  const now = ports.clock.now();
  const id = ports.newReleaseId();
  const release: ReleaseRecord = {
    id,
    requestedBy: person.subject,
    requestedAt: now.toISOString(),
    ...(request.code !== undefined && { code: request.code }),
    ...(request.trust !== undefined && { trust: request.trust }),
    again: request.again,
    // Before the record: a release that stands has all its parts.
    parts: await writeParts(ports, id, person.subject, planned),
  };
  if (await ports.releases.create(release, repeated, now)) return carryOn(ports, release, leftOut);
  const earlier = repeated === null ? null : await earlierRelease(ports, repeated);
  if (earlier === null) throw new Error('a new release id exists already');
  return carryOn(ports, earlier, nothingLeftOut);
}

/**
 * How far a release has come.
 * @throws PlatformError RELEASE_NOT_FOUND
 */
export async function showRelease(ports: ReleaseFilesPorts, id: string): Promise<ReleaseView> {
  const release = await ports.releases.get(id);
  if (release === null) throw refuseQuarantine('RELEASE_NOT_FOUND');
  return { ...release, parts: await viewParts(ports, release) };
}
