import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { LedgerManifestStore } from '../submission/manifest-store';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { submissionStep } from './plan.contract';
import { type PlanOutput, planSubmission } from './plan-submission';
import { planSubmissionEnvironment } from './plan-submission.environment';

const environment = readEnvironment(planSubmissionEnvironment);
const log = createLog('plan-submission');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const objects = new S3ObjectStore(createS3Client());

export async function handler(event: unknown): Promise<PlanOutput> {
  const { submissionId } = submissionStep.parse(event);
  const output = await planSubmission(
    {
      submissions: new LedgerSubmissionStore(ledger),
      manifests: new LedgerManifestStore(ledger, objects, environment.WORK_BUCKET),
      objects,
      landingBucketOf: environment.LANDING_BUCKET,
      workBucket: environment.WORK_BUCKET,
      largeFiles: { bytes: environment.LARGE_FILE_BYTES, branch: environment.LARGE_FILES },
    },
    submissionId,
  );
  const { files, batches, largeBatches } = output;
  log.info('submission planned', { submissionId, files, batches, largeBatches: largeBatches.length });
  return output;
}
