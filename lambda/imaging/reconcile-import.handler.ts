import { setTimeout as pause } from 'node:timers/promises';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { ResultStore } from '../deidentification/batch-results';
import { LedgerClaimStore } from '../deidentification/claim-store';
import { S3QuarantineStore } from '../deidentification/quarantine-store';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { LedgerHoldingIndex } from '../withdrawal/holding-index';
import { importJobStep } from './import.contract';
import { HealthImagingJobs } from './import-jobs';
import { createMedicalImagingClient } from './medical-imaging-client';
import { type ReconcileOutput, reconcileImport } from './reconcile-import';
import { reconcileImportEnvironment } from './reconcile-import.environment';

const environment = readEnvironment(reconcileImportEnvironment);
const log = createLog('reconcile-import');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'reconcile-import' });
const objects = new S3ObjectStore(createS3Client());
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const ports = {
  objects,
  results: new ResultStore(objects, environment.WORK_BUCKET),
  claims: new LedgerClaimStore(ledger),
  index: new LedgerHoldingIndex(ledger),
  quarantine: new S3QuarantineStore(objects, environment.LANDING_BUCKET, environment.QUARANTINE_BUCKET),
  jobs: new HealthImagingJobs(createMedicalImagingClient()),
  pause: (milliseconds: number) => pause(milliseconds),
  workBucket: environment.WORK_BUCKET,
  deidentifiedBucket: environment.DEIDENTIFIED_BUCKET,
};

export async function handler(event: unknown): Promise<ReconcileOutput> {
  const step = importJobStep.parse(event);
  const output = await reconcileImport(ports, step);
  log.info('import reconciled', { submissionId: step.submissionId, jobId: step.jobId, ...output });
  if (output.failed > 0) metrics.addMetric('FilesNotImported', MetricUnit.Count, output.failed);
  if (output.notPrimary > 0) metrics.addMetric('ImageSetsNotPrimary', MetricUnit.Count, output.notPrimary);
  metrics.publishStoredMetrics();
  return output;
}
