import type * as z from 'zod';
import type { StudyStore } from '../catalogue/study-store';
import type { ClaimStore } from '../deidentification/claim-store';
import type { FileResult } from '../deidentification/pipeline.contract';
import { batchResults } from '../deidentification/plan.contract';
import { settlement } from '../deidentification/settlement.contract';
import { importedPack } from '../imaging/import.contract';
import { boundedMap } from '../platform/bounded-map';
import { canonicalJson } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { exchangeKeys, ordinalOfKey, withdrawalKeys, workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import type { QuarantineRecords } from '../quarantine/quarantine-records';
import type { MultipartUploads } from '../submission/multipart-uploads';
import type { UploadStore } from '../submission/upload-store';
import { doomedBy, type HeldRow, readRows, splits } from './gather-holdings';
import type { HoldingIndex, StagedStudy } from './holding-index';
import { rewriteObject } from './rewrite-object';
import { scrubCatalogue } from './scrub-catalogue';
import { scrubClinicalRows } from './scrub-clinical-rows';
import { scrubImport, scrubResults, scrubSettlement } from './scrub-results';
import { type Erasure, erasure as erasureSchema, gathered, type Holding } from './work.contract';

/** Objects, and items of the ledger, under way at once. */
const objectsAtOnce = 16;

/** Raised where something of what was deleted is still listed: no certificate is written. */
export class SomethingLeftError extends Error {
  override readonly name = 'SomethingLeftError';
}

export interface EraseSubmissionPorts {
  readonly objects: Pick<
    ObjectStore,
    | 'readText'
    | 'entityTag'
    | 'replace'
    | 'put'
    | 'list'
    | 'deleteAllVersions'
    | 'deleteVersionsOf'
    | 'countVersions'
    | 'deleteOldVersions'
  >;
  readonly studies: Pick<StudyStore, 'contribute' | 'takeBack'>;
  readonly claims: Pick<ClaimStore, 'release'>;
  readonly index: Pick<HoldingIndex, 'removeStudies' | 'removeQuarantined'>;
  readonly landingBucketOf: LandingBucketOf;
  readonly quarantined: Pick<QuarantineRecords, 'ofSubmission' | 'end'>;
  readonly uploads: Pick<UploadStore, 'listOpen'>;
  readonly multipart: Pick<MultipartUploads, 'abort'>;
  readonly clock: Clock;
  readonly exchangeBucket: string;
  readonly workBucket: string;
  readonly deidentifiedBucket: string;
  readonly quarantineBucket: string;
  readonly catalogueBucket: string;
}

/** Objects of the work bucket that tell of single files of a submission. */
function detailPrefixes(submissionId: string): string[] {
  return [
    workKeys.resultsPrefix(submissionId),
    workKeys.importedPacksPrefix(submissionId),
    workKeys.settlement(submissionId),
    workKeys.importJobsPrefix(submissionId),
  ];
}

async function readResults(ports: EraseSubmissionPorts, submissionId: string): Promise<FileResult[]> {
  const keys: string[] = [];
  for await (const { key } of ports.objects.list(ports.workBucket, workKeys.resultsPrefix(submissionId)))
    keys.push(key);
  const results = await boundedMap(keys, objectsAtOnce, (key) =>
    requireJson(ports.objects, { bucket: ports.workBucket, key }, batchResults),
  );
  return results.flat();
}

async function rowsOf(ports: EraseSubmissionPorts, holding: Holding): Promise<HeldRow[]> {
  const rows = await Promise.all(splits.map((split) => readRows(ports, holding, split)));
  return rows.flat();
}

/** Which keys under the prefix of a submission hold a file that goes. */
function keysOf(holding: Holding, ordinals: ReadonlySet<number>): (key: string) => boolean {
  if (holding.extent === 'whole') return () => true;
  return (key) => {
    const ordinal = ordinalOfKey(key);
    return ordinal !== null && ordinals.has(ordinal);
  };
}

async function countObjects(
  ports: EraseSubmissionPorts,
  holding: Holding,
  ordinals: ReadonlySet<number>,
): Promise<Erasure['objects']> {
  const { submissionId, trust, extent } = holding;
  const doomed = keysOf(holding, ordinals);
  const [deidentified, quarantine, landing] = await Promise.all([
    ports.objects.countVersions(ports.deidentifiedBucket, `${submissionId}/`, doomed),
    ports.objects.countVersions(ports.quarantineBucket, `${trust}/${submissionId}/`, doomed),
    extent === 'whole'
      ? ports.objects.countVersions(ports.landingBucketOf(trust), `${submissionId}/`, doomed)
      : 0,
  ]);
  return { deidentified, quarantine, landing };
}

/** What goes of a submission, found and counted once, before any of it goes. */
async function planErasure(
  ports: EraseSubmissionPorts,
  holding: Holding,
  imageSets: ReadonlySet<string>,
): Promise<Erasure> {
  const doomed = doomedBy(holding, imageSets);
  const rows = (await rowsOf(ports, holding)).filter(doomed);
  const results = await readResults(ports, holding.submissionId);
  const copies = new Set(holding.quarantined.map((copy) => copy.ordinal));
  const ordinals = new Set([...rows.map((row) => row.ordinal), ...copies]);
  const studies: StagedStudy[] = [...holding.studies];
  const quarantined = [...holding.quarantined];
  for (const result of results) {
    const { ordinal } = result;
    if (result.outcome === 'staged' && doomed(result)) {
      ordinals.add(ordinal);
      const { patientPseudonym, studyInstanceUid, split } = result;
      if (holding.extent === 'whole') studies.push({ patientPseudonym, studyInstanceUid, split });
    }
    if (result.outcome !== 'quarantined' || holding.extent !== 'whole') continue;
    ordinals.add(ordinal);
    if (result.patientPseudonym !== undefined)
      quarantined.push({ patientPseudonym: result.patientPseudonym, ordinal });
  }
  for (const { patientPseudonym, studyInstanceUid, split } of rows)
    if (holding.extent === 'whole') studies.push({ patientPseudonym, studyInstanceUid, split });
  return {
    submissionId: holding.submissionId,
    ordinals: [...ordinals].sort((left, right) => left - right),
    instances: rows.map(({ ordinal, split, patientPseudonym, studyInstanceUid, sopInstanceUid }) => ({
      ordinal,
      patientPseudonym,
      split,
      studyInstanceUid,
      sopInstanceUid,
    })),
    studies: [...new Map(studies.map((each) => [canonicalJson(each), each])).values()],
    quarantined,
    objects: await countObjects(ports, holding, ordinals),
  };
}

/** Rewrites an object of canonical JSON without what goes; one that is not there is left so. */
function rewrite<Schema extends z.ZodType>(
  ports: EraseSubmissionPorts,
  key: string,
  schema: Schema,
  change: (value: z.infer<Schema>) => z.infer<Schema>,
): Promise<void> {
  return rewriteObject(ports, { bucket: ports.workBucket, key }, 'application/json', (text) =>
    canonicalJson(change(schema.parse(JSON.parse(text)))),
  );
}

async function scrubWork(
  ports: EraseSubmissionPorts,
  { submissionId, extent }: Holding,
  ordinals: ReadonlySet<number>,
): Promise<void> {
  // Lists of HealthImaging: read by the reconciliation, which has its own account.
  await ports.objects.deleteAllVersions(ports.workBucket, workKeys.importJobsPrefix(submissionId));
  if (extent === 'whole') {
    for (const prefix of detailPrefixes(submissionId))
      await ports.objects.deleteAllVersions(ports.workBucket, prefix);
    return;
  }
  const keys = async (prefix: string) => {
    const found: string[] = [];
    for await (const { key } of ports.objects.list(ports.workBucket, prefix)) found.push(key);
    return found;
  };
  await boundedMap(await keys(workKeys.importedPacksPrefix(submissionId)), objectsAtOnce, (key) =>
    rewrite(ports, key, importedPack, (pack) => scrubImport(pack, ordinals)),
  );
  await rewrite(ports, workKeys.settlement(submissionId), settlement, (value) =>
    scrubSettlement(value, ordinals),
  );
  await boundedMap(await keys(workKeys.resultsPrefix(submissionId)), objectsAtOnce, (key) =>
    rewrite(ports, key, batchResults, (results) => scrubResults(results, ordinals)),
  );
}

/** Patients of whom the submission holds no images any more lose their clinical rows too. */
async function scrubPatients(ports: EraseSubmissionPorts, holding: Holding, doomed: Erasure): Promise<void> {
  if (holding.extent === 'whole') return scrubClinicalRows(ports, holding, null);
  const imaged = new Set((await rowsOf(ports, holding)).map((row) => row.patientPseudonym));
  const patients = [...doomed.studies, ...doomed.instances, ...doomed.quarantined]
    .map((each) => each.patientPseudonym)
    .filter((patient) => !imaged.has(patient));
  await scrubClinicalRows(ports, holding, new Set(patients));
}

/** Quarantined files of which the copy goes are over. Their records, which name nobody, say so without a reason. */
async function endQuarantined(
  ports: EraseSubmissionPorts,
  { submissionId, extent }: Holding,
  ordinals: ReadonlySet<number>,
): Promise<void> {
  const endedAt = ports.clock.now().toISOString();
  const records = (await ports.quarantined.ofSubmission(submissionId)).filter(
    (record) =>
      record.state === 'waiting' &&
      (extent === 'whole' || (record.held === 'quarantine' && ordinals.has(record.ordinal))),
  );
  await ports.quarantined.end(records.map((record) => ({ record, ending: { state: 'expired', endedAt } })));
}

/**
 * What a trust has sent of a submission that goes whole, and that nobody has read yet: files, parts of files that were never
 * put together, numbers for the opt-out service and its answer, tables of demographics. One that is open has all of these.
 */
async function eraseSent(ports: EraseSubmissionPorts, { submissionId, trust }: Holding): Promise<void> {
  const landing = ports.landingBucketOf(trust);
  await ports.objects.deleteAllVersions(landing, `${submissionId}/`);
  await boundedMap(await ports.uploads.listOpen(submissionId), objectsAtOnce, ({ key, uploadId }) =>
    ports.multipart.abort({ bucket: landing, key }, uploadId),
  );
  for (const prefix of [
    exchangeKeys.subjects(submissionId),
    exchangeKeys.request(submissionId),
    exchangeKeys.response(submissionId),
    exchangeKeys.demographicsTablesPrefix(submissionId),
    exchangeKeys.demographicsRowsPrefix(submissionId),
  ])
    await ports.objects.deleteAllVersions(ports.exchangeBucket, prefix);
}

async function requireNothingLeft(
  ports: EraseSubmissionPorts,
  holding: Holding,
  ordinals: ReadonlySet<number>,
): Promise<void> {
  const left = await countObjects(ports, holding, ordinals);
  const rows = (await rowsOf(ports, holding)).filter((row) => ordinals.has(row.ordinal));
  const objects = left.deidentified + left.quarantine + left.landing;
  if (objects + rows.length > 0)
    throw new SomethingLeftError(`${objects} objects and ${rows.length} rows of ${holding.submissionId}`);
}

/**
 * Deletes what a submission holds of what is withdrawn, but its image sets: rows and study index first, so that nobody
 * finds it any more, then objects in every version, details in the work bucket, claims, and the index last. May run
 * again at any point: what goes was written down before.
 * @throws SomethingLeftError
 */
export async function eraseSubmission(
  ports: EraseSubmissionPorts,
  { withdrawalId, submissionId }: { readonly withdrawalId: string; readonly submissionId: string },
): Promise<{ submissionId: string; files: number }> {
  const work = (key: string) => ({ bucket: ports.workBucket, key });
  const { holdings, imageSets } = await requireJson(
    ports.objects,
    work(withdrawalKeys.gathered(withdrawalId)),
    gathered,
  );
  const holding = holdings.find((each) => each.submissionId === submissionId);
  if (holding === undefined) throw new Error(`${submissionId} holds nothing of ${withdrawalId}`);
  const place = work(withdrawalKeys.erasure(withdrawalId, submissionId));
  let doomed = await readJson(ports.objects, place, erasureSchema);
  if (doomed === null) {
    doomed = await planErasure(ports, holding, new Set(imageSets.map((each) => each.imageSetId)));
    await writeJson(ports.objects, place, doomed);
  }
  const ordinals = new Set(doomed.ordinals);
  const isDoomed = keysOf(holding, ordinals);
  const { trust, collection } = holding;

  await scrubCatalogue(ports, holding, doomed);
  await scrubPatients(ports, holding, doomed);
  await ports.objects.deleteVersionsOf(ports.deidentifiedBucket, `${submissionId}/`, isDoomed);
  await ports.objects.deleteVersionsOf(ports.quarantineBucket, `${trust}/${submissionId}/`, isDoomed);
  await endQuarantined(ports, holding, ordinals);
  if (holding.extent === 'whole') await eraseSent(ports, holding);
  await scrubWork(ports, holding, ordinals);
  await boundedMap(doomed.instances, objectsAtOnce, ({ sopInstanceUid, ordinal }) =>
    ports.claims.release(collection, sopInstanceUid, submissionId, ordinal),
  );
  await requireNothingLeft(ports, holding, ordinals);
  await ports.index.removeStudies({ collection, submissionId }, doomed.studies);
  await boundedMap(doomed.quarantined, objectsAtOnce, ({ patientPseudonym, ordinal }) =>
    ports.index.removeQuarantined(patientPseudonym, { trust, submissionId, ordinal }),
  );
  return { submissionId, files: doomed.ordinals.length };
}
