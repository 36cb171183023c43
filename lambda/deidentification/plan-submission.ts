import type { LandingBucketOf } from '../platform/name-templates.contract';
import { ordinalOfKey, workKeys } from '../platform/object-keys';
import { type ObjectPlace, type ObjectStore, readJson, writeJson } from '../platform/object-store';
import type { ManifestStore } from '../submission/manifest-store';
import type { SubmissionStore } from '../submission/submission-store';
import { importedFileLimit, planBatches, planPacks } from './packs';
import type { FileResult, ManifestEntry } from './pipeline.contract';
import { type Plan, plan as planSchema } from './plan.contract';

export interface PlanPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: Pick<ManifestStore, 'readAll'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list'>;
  readonly landingBucketOf: LandingBucketOf;
  readonly workBucket: string;
}

export interface PlanOutput {
  readonly submissionId: string;
  readonly workList: ObjectPlace;
  readonly files: number;
  readonly batches: number;
}

type Arrival =
  | { readonly arrived: true; readonly entry: ManifestEntry }
  | { readonly arrived: false; readonly result: FileResult };

/** What a listing tells of a file; its content is compared with the manifest when it is read to be de-identified. */
function checkArrival(entry: ManifestEntry, landed: ReadonlyMap<number, number>): Arrival {
  const { ordinal } = entry;
  const quarantined = (code: 'TOO_LARGE' | 'CHECKSUM_MISMATCH'): Arrival => ({
    arrived: false,
    result: { outcome: 'quarantined', ordinal, code, tagPath: null, held: 'landing' },
  });
  if (entry.bytes > importedFileLimit) return quarantined('TOO_LARGE');
  const bytes = landed.get(ordinal);
  if (bytes === undefined) return { arrived: false, result: { outcome: 'missing', ordinal } };
  if (bytes !== entry.bytes) return quarantined('CHECKSUM_MISMATCH');
  return { arrived: true, entry };
}

/**
 * Compares what landed with the manifest and cuts it into packs and batches. What is missing, too large or of another
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
  for await (const { key, bytes } of ports.objects.list(bucket, `${submissionId}/`)) {
    const ordinal = ordinalOfKey(key);
    if (ordinal !== null) landed.set(ordinal, bytes);
  }
  const arrivals = manifest.map((entry) => checkArrival(entry, landed));
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
