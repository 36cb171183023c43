import type { ResultStore } from '../deidentification/batch-results';
import type { ClaimStore } from '../deidentification/claim-store';
import type { BatchFile } from '../deidentification/pipeline.contract';
import { workList } from '../deidentification/plan.contract';
import type { QuarantineStore } from '../deidentification/quarantine-store';
import { type FileToImport, settlement } from '../deidentification/settlement.contract';
import { deidentifiedKey, workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import type { HoldingIndex } from '../withdrawal/holding-index';
import { type ImportedPack, type ImportJobStep, importedPack } from './import.contract';
import type { ImportJobs } from './import-jobs';
import { failureLine, jobOutputManifest, readLines, successLine, warningLine } from './job-output';
import { type JobOutput, reconcileFiles } from './reconcile-files';

/**
 * The job's manifest may appear a little after its event. Eight looks, doubling from half a second, take about a minute;
 * then the step fails and is retried.
 */
const manifestLooks = 8;
const firstPauseMilliseconds = 500;

/** Raised where a job ended without an account of its files. */
export class ImportOutputMissingError extends Error {
  override readonly name = 'ImportOutputMissingError';
}

export interface ReconcileImportPorts {
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'deleteAllVersions'>;
  readonly results: Pick<ResultStore, 'readPlan'>;
  readonly claims: Pick<ClaimStore, 'release'>;
  readonly quarantine: QuarantineStore;
  readonly index: Pick<HoldingIndex, 'addQuarantined'>;
  readonly jobs: Pick<ImportJobs, 'deleteImageSet'>;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly workBucket: string;
  readonly deidentifiedBucket: string;
}

export interface ReconcileOutput {
  readonly pack: string;
  readonly split: ImportJobStep['split'];
  readonly imported: number;
  readonly failed: number;
  /** Of the failed ones, those that HealthImaging set apart from their series. */
  readonly notPrimary: number;
}

async function readOutput(ports: ReconcileImportPorts, step: ImportJobStep): Promise<JobOutput> {
  const prefix = workKeys.importOutputPrefix(step.submissionId, step.split, step.pack);
  const folder = `${prefix}${step.datastoreId}-DicomImport-${step.jobId}/`;
  const read = (name: string) => ports.objects.readText({ bucket: ports.workBucket, key: folder + name });
  for (let look = 0; look < manifestLooks; look += 1) {
    if (look > 0) await ports.pause(firstPauseMilliseconds * 2 ** (look - 1));
    const manifest = await read('job-output-manifest.json');
    if (manifest === null) continue;
    const { jobSummary: summary } = jobOutputManifest.parse(JSON.parse(manifest));
    const failed = summary.numberOfFilesWithCustomerError + summary.numberOfFilesWithServerError;
    const [successes, failures, warnings] = await Promise.all([
      read('SUCCESS/success.ndjson'),
      read('FAILURE/failure.ndjson'),
      read('WARNING/warning.ndjson'),
    ]);
    const complete =
      (summary.numberOfImportedFiles === 0 || successes !== null) && (failed === 0 || failures !== null);
    if (!complete) continue;
    return {
      summary,
      successes: readLines(successes ?? '', successLine),
      failures: readLines(failures ?? '', failureLine),
      warnings: readLines(warnings ?? '', warningLine),
    };
  }
  throw new ImportOutputMissingError(`job ${step.jobId} left no account of its files`);
}

/** Undoes what stands of a file that was not imported: its claim, and the file as sent goes to quarantine. */
async function undo(
  ports: ReconcileImportPorts,
  step: ImportJobStep,
  pack: ImportedPack,
  expected: readonly FileToImport[],
): Promise<void> {
  const failed = pack.files.filter((file) => file.outcome === 'quarantined');
  if (failed.length === 0) return;
  const { trust, collection } = await ports.results.readPlan(step.submissionId);
  const batches = await requireJson(
    ports.objects,
    { bucket: ports.workBucket, key: workKeys.workList(step.submissionId) },
    workList,
  );
  const sent = new Map(
    batches.flatMap((batch) => batch.files.map((file): [number, BatchFile] => [file.ordinal, file])),
  );
  const { submissionId, split, pack: name } = step;
  const byOrdinal = new Map(expected.map((file) => [file.ordinal, file]));
  for (const { ordinal, code } of failed) {
    const file = byOrdinal.get(ordinal);
    if (file === undefined) throw new Error(`file ${ordinal} was not to be imported`);
    const { patientPseudonym, studyInstanceUid, sopInstanceUid } = file;
    const copy = { trust, collection, submissionId, ordinal, studyInstanceUid };
    await ports.index.addQuarantined(patientPseudonym, copy);
    const landed = sent.get(ordinal);
    if (landed !== undefined) await ports.quarantine.keep(trust, submissionId, landed, code);
    await ports.claims.release(collection, sopInstanceUid, submissionId, ordinal);
    const staged = deidentifiedKey(submissionId, split, name, ordinal);
    await ports.objects.deleteAllVersions(ports.deidentifiedBucket, staged);
  }
}

/**
 * Reads what an import job did, names every file it refused or set apart, and leaves the account of the pack. A second
 * run gives the first one's account.
 * @throws ImportOutputMissingError, ImportUnbalancedError
 */
export async function reconcileImport(
  ports: ReconcileImportPorts,
  step: ImportJobStep,
): Promise<ReconcileOutput> {
  const { submissionId, pack: name, split, jobId, datastoreId } = step;
  const place = { bucket: ports.workBucket, key: workKeys.importedPack(submissionId, split, name) };
  let pack = await readJson(ports.objects, place, importedPack);
  if (pack === null) {
    const settled = await requireJson(
      ports.objects,
      { bucket: ports.workBucket, key: workKeys.settlement(submissionId) },
      settlement,
    );
    const expected = settled.files.flatMap((file) =>
      file.outcome === 'to-import' && file.pack === name && file.split === split ? [file] : [],
    );
    const output = await readOutput(ports, step);
    const { files, strayImageSets } = reconcileFiles(expected, output);
    pack = {
      submissionId,
      pack: name,
      split,
      jobId,
      datastoreId,
      files: [...files],
    };
    for (const imageSetId of strayImageSets) await ports.jobs.deleteImageSet(datastoreId, imageSetId);
    await undo(ports, step, pack, expected);
    await writeJson(ports.objects, place, pack);
  }
  const imported = pack.files.filter((file) => file.outcome === 'imported').length;
  const notPrimary = pack.files.filter(
    (file) => file.outcome === 'quarantined' && file.code === 'IMPORT_NOT_PRIMARY',
  ).length;
  return { pack: name, split, imported, failed: pack.files.length - imported, notPrimary };
}
