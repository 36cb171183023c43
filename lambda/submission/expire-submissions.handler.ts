import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { type ExpiryOutcome, expireSubmissions } from './expire-submissions';
import { expireSubmissionsEnvironment } from './expire-submissions.environment';
import { LedgerManifestStore } from './manifest-store';
import { StepFunctionsPipelineStarter } from './pipeline-starter';
import { LedgerSubmissionStore } from './submission-store';

const environment = readEnvironment(expireSubmissionsEnvironment);
const log = createLog('expire-submissions');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);

const ports = {
  submissions: new LedgerSubmissionStore(ledger),
  manifests: new LedgerManifestStore(ledger, new S3ObjectStore(createS3Client()), environment.WORK_BUCKET),
  pipeline: new StepFunctionsPipelineStarter(createStepFunctionsClient(), environment.PIPELINE_ARN),
  clock: systemClock,
  openDays: environment.OPEN_SUBMISSION_DAYS,
};

export async function handler(): Promise<ExpiryOutcome> {
  const outcome = await expireSubmissions(ports);
  log.info('open submissions looked through', { ...outcome });
  return outcome;
}
