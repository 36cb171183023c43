import { ResultStore } from '../deidentification/batch-results';
import { LedgerClaimStore } from '../deidentification/claim-store';
import { submissionStep } from '../deidentification/plan.contract';
import { lakePorts } from '../lake/lake-ports';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { LedgerHoldingIndex } from '../withdrawal/holding-index';
import { catalogueSubmission } from './catalogue-submission';
import { catalogueSubmissionEnvironment } from './catalogue-submission.environment';
import { LedgerStudyStore } from './study-store';

const environment = readEnvironment(catalogueSubmissionEnvironment);
const log = createLog('catalogue-submission');
const objects = new S3ObjectStore(createS3Client());
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const ports = {
  ...lakePorts(objects, ledger, environment.CATALOGUE_BUCKET),
  results: new ResultStore(objects, environment.WORK_BUCKET),
  studies: new LedgerStudyStore(ledger),
  claims: new LedgerClaimStore(ledger),
  submissions: new LedgerSubmissionStore(ledger),
  index: new LedgerHoldingIndex(ledger),
  workBucket: environment.WORK_BUCKET,
};

export async function handler(event: unknown): Promise<{ instances: number }> {
  const { submissionId } = submissionStep.parse(event);
  const output = await catalogueSubmission(ports, submissionId);
  log.info('submission catalogued', { submissionId, ...output });
  return output;
}
