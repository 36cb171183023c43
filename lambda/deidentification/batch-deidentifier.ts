import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PseudonymKeys } from '../../dicom/deidentify/outcome';
import { policyOf } from '../../dicom/policy/policy';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, S3ObjectStore } from '../platform/object-store';
import { oncePerProcess } from '../platform/once-per-process';
import { deriveKeysFromKms } from '../platform/pseudonym-keys';
import { createDigestingS3Client, createS3Client } from '../platform/s3-client';
import { LedgerHoldingIndex } from '../withdrawal/holding-index';
import { LedgerMarkStore } from '../withdrawal/mark-store';
import { LedgerSubmissionGate } from '../withdrawal/submission-gate';
import { admissionRule } from './admission';
import { type BatchCounts, ResultStore } from './batch-results';
import { type Clearance, clearance, clearanceHolds } from './clearance.contract';
import { S3CopyableFiles } from './copyable-files';
import { deidentifyBatch } from './deidentify-batch';
import { deidentifyBatchEnvironment } from './deidentify-batch.environment';
import type { DeidentifyFilePorts } from './deidentify-file';
import { instanceEngine } from './instance-engine';
import type { Batch } from './pipeline.contract';
import type { Plan } from './plan.contract';
import { S3QuarantineStore } from './quarantine-store';
import { S3StagingArea } from './staged-output';

/** What de-identifies batches in this process: as a function of the map, or in a container for one large file. */
export interface BatchDeidentifier {
  readonly objects: ObjectStore;
  readonly workBucket: string;
  deidentify(batch: Batch): Promise<BatchCounts>;
}

/**
 * The clearance has expired before its files were read, because the submission had waited or stopped. They must not be
 * withheld for that: the batch fails, and they are quarantined where they lie until a replay asks the service again.
 */
class ClearanceExpiredError extends Error {
  override readonly name = 'ClearanceExpiredError';
}

/**
 * Wires up the de-identification of batches from the environment and the configuration beside the bundle.
 *
 * @param batchSeconds time that a batch has at most: a clearance that ends sooner would end in the middle of it
 * @throws EnvironmentError
 */
export function batchDeidentifier(batchSeconds: number): BatchDeidentifier {
  const metrics = new Metrics({ namespace: 'nmip', serviceName: 'deidentify-batch' });
  const environment = readEnvironment(deidentifyBatchEnvironment);
  const objects = new S3ObjectStore(createS3Client());
  /** For the files themselves: the engine digests what it reads, for the manifest, and what it writes. */
  const files = createDigestingS3Client();
  // Made once: they know where buckets stand.
  const fileObjects = new S3ObjectStore(files);
  const staging = new S3StagingArea(files);
  const kms = createKmsClient();
  const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
  const index = new LedgerHoldingIndex(ledger);
  const marks = new LedgerMarkStore(ledger);
  const keys = oncePerProcess<PseudonymKeys>(() => deriveKeysFromKms(kms, environment.PSEUDONYM_KEY_ID));

  /** The clearance read last: the batches of a submission come to one process in numbers. */
  let lastClearance: Clearance | null = null;

  /**
   * Null where the service gave no valid answer in time.
   * @throws ClearanceExpiredError
   */
  async function readClearance(submissionId: string): Promise<Clearance | null> {
    const now = systemClock.now();
    const isKnown =
      lastClearance?.submissionId === submissionId && clearanceHolds(lastClearance, now, batchSeconds);
    if (!isKnown) {
      const place = { bucket: environment.WORK_BUCKET, key: workKeys.cleared(submissionId) };
      lastClearance = await readJson(objects, place, clearance);
    }
    if (lastClearance === null) {
      metrics.addMetric('ClearanceMissing', MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    } else if (!clearanceHolds(lastClearance, now, batchSeconds))
      throw new ClearanceExpiredError('the clearance of the submission has expired');
    return lastClearance;
  }

  /** Engine, admission and buckets for the trust and collection of a submission. */
  async function prepare(plan: Plan): Promise<DeidentifyFilePorts> {
    const { trusts, collections } = environment.configuration;
    const trust = trusts.find((each) => each.odsCode === plan.trust);
    const collection = collections.find((each) => each.id === plan.collection);
    if (trust === undefined || collection === undefined)
      throw new Error(`trust ${plan.trust} or collection ${plan.collection} is not configured`);
    const derived = await keys();
    const cleared = await readClearance(plan.submissionId);
    return {
      objects: fileObjects,
      copyable: new S3CopyableFiles(files),
      staging,
      quarantine: new S3QuarantineStore(objects, environment.LANDING_BUCKET, environment.QUARANTINE_BUCKET),
      engine: instanceEngine({
        policy: policyOf(collection.policy),
        keys: derived,
        trust,
        collection,
        uidRoot: environment.UID_ROOT,
        heldOutShare: environment.HELD_OUT_SHARE,
      }),
      gate: new LedgerSubmissionGate(index, marks, plan),
      admit: admissionRule({
        clearance: cleared,
        patientsWithoutNhsNumber: collection.patientsWithoutNhsNumber,
        patientKey: derived.patient,
        now: systemClock.now(),
      }),
      answered: cleared !== null,
      landingBucket: environment.LANDING_BUCKET(plan.trust),
      deidentifiedBucket: environment.DEIDENTIFIED_BUCKET,
    };
  }

  const results = new ResultStore(objects, environment.WORK_BUCKET);
  /** The plan read last: a plan never changes, and the batches of a submission come in numbers. */
  let lastPlan: Plan | null = null;

  async function readPlan(submissionId: string): Promise<Plan> {
    if (lastPlan?.submissionId !== submissionId) lastPlan = await results.readPlan(submissionId);
    return lastPlan;
  }

  const ports = {
    results: {
      readPlan,
      read: results.read.bind(results),
      write: results.write.bind(results),
    },
    prepare,
  };
  return {
    objects,
    workBucket: environment.WORK_BUCKET,
    deidentify: (batch) => deidentifyBatch(ports, batch),
  };
}
