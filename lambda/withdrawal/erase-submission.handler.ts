import { LedgerStudyStore } from '../catalogue/study-store';
import { LedgerClaimStore } from '../deidentification/claim-store';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { LedgerQuarantineRecords } from '../quarantine/quarantine-records';
import { S3MultipartUploads } from '../submission/multipart-uploads';
import { LedgerUploadStore } from '../submission/upload-store';
import { eraseSubmission } from './erase-submission';
import { eraseSubmissionEnvironment } from './erase-submission.environment';
import { LedgerHoldingIndex } from './holding-index';
import { eraseStep } from './work.contract';

const environment = readEnvironment(eraseSubmissionEnvironment);
const log = createLog('erase-submission');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const s3 = createS3Client();

const ports = {
  objects: new S3ObjectStore(s3),
  uploads: new LedgerUploadStore(ledger),
  multipart: new S3MultipartUploads(s3, s3),
  studies: new LedgerStudyStore(ledger),
  claims: new LedgerClaimStore(ledger),
  index: new LedgerHoldingIndex(ledger),
  quarantined: new LedgerQuarantineRecords(ledger),
  clock: systemClock,
  exchangeBucket: environment.EXCHANGE_BUCKET,
  landingBucketOf: environment.LANDING_BUCKET,
  workBucket: environment.WORK_BUCKET,
  deidentifiedBucket: environment.DEIDENTIFIED_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  catalogueBucket: environment.CATALOGUE_BUCKET,
};

/** Says nothing of how many files: a submission may be of one patient. */
export async function handler(event: unknown): Promise<{ submissionId: string }> {
  const step = eraseStep.parse(event);
  await eraseSubmission(ports, step);
  log.info('submission erased', { ...step });
  return { submissionId: step.submissionId };
}
