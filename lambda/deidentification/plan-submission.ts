import type { LandingBucketOf } from '../platform/name-templates.contract';
import { archiveOfKey, ordinalOfKey, workKeys } from '../platform/object-keys';
import { type ObjectPlace, type ObjectStore, readJson, writeJson } from '../platform/object-store';
import type { ManifestStore } from '../submission/manifest-store';
import type { SubmissionStore } from '../submission/submission-store';
import { type Arrival, checkMember, quarantinedInLanding, readArchives } from './archive-arrivals';
import { importedFileLimit, planBatches, planPacks } from './packs';
import type { ManifestEntry } from './pipeline.contract';
import { type Plan, plan as planSchema } from './plan.contract';

export interface PlanPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: Pick<ManifestStore, 'readAll' | 'readArchives'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'readStream' | 'put' | 'list'>;
  readonly landingBucketOf: LandingBucketOf;
  readonly workBucket: string;
}

export interface PlanOutput {
  readonly submissionId: string;
  readonly workList: ObjectPlace;
  readonly files: number;
  readonly batches: number;
}

/** What a listing tells of a file; its content is compared with the manifest when it is read to be de-identified. */
function checkArrival(
  entry: ManifestEntry,
  landed: ReadonlyMap<number, number>,
  archives: Parameters<typeof checkMember>[2],
): Arrival {
  const { archived, ...file } = entry;
  const { ordinal } = file;
  if (entry.bytes > importedFileLimit) return quarantinedInLanding(entry, 'TOO_LARGE');
  if (archived !== undefined) return checkMember(entry, archived, archives);
  const bytes = landed.get(ordinal);
  if (bytes === undefined) return { arrived: false, result: { outcome: 'missing', ordinal } };
  if (bytes !== entry.bytes) return quarantinedInLanding(entry, 'CHECKSUM_MISMATCH');
  return { arrived: true, entry: file };
}

/**
 * Compares what landed with the manifest, of archives by their directories, and cuts it into packs and batches. What is missing, too large or of another
 * length than announced is decided here. A second run gives the first one's plan.
 */
export async function planSubmission(ports: PlanPorts, submissionId: string): Promise<PlanOutput> {
  const workList = { bucket: ports.workBucket, key: workKeys.workList(submissionId) };
  const planPlace = { bucket: ports.workBucket, key: workKeys.plan(submissionId) };
  const known = await readJson(ports.objects, planPlace, planSchema);
  if (known !== null) return { submissionId, workList, files: known.files, batches: known.batches };

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
  const archives = await readArchives(
    ports.objects,
    { bucket, submissionId },
    await ports.manifests.readArchives(submissionId),
    landedArchives,
  );
  const arrivals = manifest.map((entry) => checkArrival(entry, landed, archives));
  const packs = planPacks(arrivals.flatMap((arrival) => (arrival.arrived ? [arrival.entry] : [])));
  const batches = planBatches(submissionId, packs);
  const decided = arrivals
    .flatMap((arrival) => (arrival.arrived ? [] : [arrival.result]))
    .sort((left, right) => left.ordinal - right.ordinal);
  const plan: Plan = {
    submissionId,
    trust: submission.trust,
    collection: submission.collection,
    files: manifest.length,
    packs: packs.length,
    batches: batches.length,
  };
  const decidedPlace = { bucket: ports.workBucket, key: workKeys.results(submissionId, 'plan') };
  await writeJson(ports.objects, decidedPlace, decided);
  await writeJson(ports.objects, workList, batches);
  // Last: where the plan stands, the rest stands too.
  await writeJson(ports.objects, planPlace, plan);
  return { submissionId, workList, files: plan.files, batches: plan.batches };
}
