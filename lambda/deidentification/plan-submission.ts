import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { archiveOfKey, landingKey, ordinalOfKey, workKeys } from '../platform/object-keys';
import {
  type ObjectPlace,
  type ObjectStore,
  readJson,
  requireJson,
  writeJson,
} from '../platform/object-store';
import type { ManifestStore } from '../submission/manifest-store';
import { importedFileLimit } from '../submission/submission.contract';
import type { SubmissionStore } from '../submission/submission-store';
import { type Arrival, checkMember, quarantinedInLanding, readArchives } from './archive-arrivals';
import { isLargeBatch, type LargeFileRule, limitsBeside, planBatches, planPacks } from './packs';
import type { FileResult, ManifestEntry } from './pipeline.contract';
import { batchResults, type Plan, plan as planSchema } from './plan.contract';

/** Batches of large files written at once. */
const objectsAtOnce = 16;

/** Objects asked about at once; a submission holds 10,000 files in parts at most. */
const headsAtOnce = 32;

export interface PlanPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: Pick<ManifestStore, 'readAll' | 'readArchives'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'readStream' | 'put' | 'list' | 'head'>;
  readonly landingBucketOf: LandingBucketOf;
  readonly workBucket: string;
  readonly largeFiles: LargeFileRule;
}

export interface PlanOutput {
  readonly submissionId: string;
  /** Batches of the Distributed Map. */
  readonly workList: ObjectPlace;
  readonly files: number;
  /** Those of large files included. */
  readonly batches: number;
  /** Ids of the batches that a container takes: 500 at most, of a submission of 1 TB in files above 2 GB. */
  readonly largeBatches: readonly string[];
}

/**
 * What a listing tells of a file; its content is compared with the manifest when it is read to be de-identified. Only of
 * a file in parts there is no digest of the whole: what S3 keeps of its parts is compared here, of a replay's copy too, which
 * is made in the same parts.
 */
async function checkArrival(
  ports: Pick<PlanPorts, 'objects'>,
  place: { readonly bucket: string; readonly submissionId: string },
  entry: ManifestEntry,
  landed: ReadonlyMap<number, number>,
  archives: Parameters<typeof checkMember>[2],
  byteLimit: number,
): Promise<Arrival> {
  const { archived, parts, ...file } = entry;
  const { ordinal } = file;
  if (entry.bytes > byteLimit) return quarantinedInLanding(entry, 'TOO_LARGE');
  if (archived !== undefined) return checkMember(entry, archived, archives);
  const bytes = landed.get(ordinal);
  if (bytes === undefined) return { arrived: false, result: { outcome: 'missing', ordinal } };
  if (bytes !== entry.bytes) return quarantinedInLanding(entry, 'CHECKSUM_MISMATCH');
  if (parts === undefined) return { arrived: true, entry: file };
  const head = await ports.objects.head({
    bucket: place.bucket,
    key: landingKey(place.submissionId, ordinal),
  });
  if (head?.composite?.sha256 !== entry.sha256 || head.composite.parts !== parts.sha256.length)
    return quarantinedInLanding(entry, 'CHECKSUM_MISMATCH');
  return { arrived: true, entry: { ...file, digest: 'parts' } };
}

/**
 * The ends that Plan gives files: those of the run that was first. A file may land late, while another run is looking:
 * of two lists, it could then stand in neither.
 */
async function decideOnce(
  { objects, workBucket }: Pick<PlanPorts, 'objects' | 'workBucket'>,
  submissionId: string,
  results: readonly FileResult[],
): Promise<readonly FileResult[]> {
  const place = { bucket: workBucket, key: workKeys.results(submissionId, 'plan') };
  const inOrder = [...results].sort((left, right) => left.ordinal - right.ordinal);
  if (await writeJson(objects, place, inOrder, { onlyIfAbsent: true })) return inOrder;
  return requireJson(objects, place, batchResults);
}

function outputOf(workBucket: string, { submissionId, files, batches, largeBatches }: Plan): PlanOutput {
  const key = largeBatches.length === 0 ? workKeys.workList(submissionId) : workKeys.mapList(submissionId);
  return { submissionId, workList: { bucket: workBucket, key }, files, batches, largeBatches };
}

/**
 * Compares what landed with the manifest, of archives by their directories, and cuts it into packs and batches. What is
 * missing, too large or of another length than announced is decided here, before a byte is copied. A second run gives
 * the first one's plan.
 */
export async function planSubmission(ports: PlanPorts, submissionId: string): Promise<PlanOutput> {
  const { workBucket, largeFiles } = ports;
  const planPlace = { bucket: workBucket, key: workKeys.plan(submissionId) };
  const known = await readJson(ports.objects, planPlace, planSchema);
  if (known !== null) return outputOf(workBucket, known);

  const submission = await ports.submissions.get(submissionId);
  if (submission === null) throw new Error(`no submission ${submissionId}`);
  const bucket = ports.landingBucketOf(submission.trust);
  const manifest = await ports.manifests.readAll(submissionId);
  const landed = new Map<number, number>();
  const landedArchives = new Map<number, number>();
  for await (const { key, bytes } of ports.objects.list(bucket, `${submissionId}/`)) {
    const archive = archiveOfKey(key);
    const ordinal = ordinalOfKey(key);
    if (archive !== null) landedArchives.set(archive, bytes);
    else if (ordinal !== null) landed.set(ordinal, bytes);
  }
  const place = { bucket, submissionId };
  const archives = await readArchives(
    ports.objects,
    place,
    await ports.manifests.readArchives(submissionId),
    landedArchives,
  );
  const byteLimit =
    largeFiles.branch === 'refuse' ? Math.min(largeFiles.bytes, importedFileLimit) : importedFileLimit;
  const arrivals = await boundedMap(manifest, headsAtOnce, (entry) =>
    checkArrival(ports, place, entry, landed, archives, byteLimit),
  );
  const decided = await decideOnce(
    ports,
    submissionId,
    arrivals.flatMap((arrival) => (arrival.arrived ? [] : [arrival.result])),
  );
  const ended = new Set(decided.map(({ ordinal }) => ordinal));
  const arrived = arrivals.flatMap((arrival) =>
    arrival.arrived && !ended.has(arrival.entry.ordinal) ? [arrival.entry] : [],
  );
  if (arrived.length + ended.size !== manifest.length)
    throw new Error('a file that had landed is not there any more');
  const packs = planPacks(arrived);
  const batches = planBatches(submissionId, packs, limitsBeside(largeFiles));
  const large = batches.filter((batch) => isLargeBatch(batch, largeFiles));
  const plan: Plan = {
    submissionId,
    trust: submission.trust,
    collection: submission.collection,
    files: manifest.length,
    packs: packs.length,
    batches: batches.length,
    largeBatches: large.map(({ batch }) => batch),
  };
  const write = (key: string, value: unknown) => writeJson(ports.objects, { bucket: workBucket, key }, value);
  await write(workKeys.workList(submissionId), batches);
  if (large.length > 0) {
    await boundedMap(large, objectsAtOnce, (batch) =>
      write(workKeys.largeBatch(submissionId, batch.batch), batch),
    );
    const others = batches.filter((batch) => !isLargeBatch(batch, largeFiles));
    await write(workKeys.mapList(submissionId), others);
  }
  // Last: where the plan stands, the rest stands too.
  await writeJson(ports.objects, planPlace, plan);
  return outputOf(workBucket, plan);
}
