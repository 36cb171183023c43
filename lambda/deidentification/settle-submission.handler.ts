import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createQuerySigningS3Client, createS3Client } from '../platform/s3-client';
import { LedgerManifestStore } from '../submission/manifest-store';
import { LedgerHoldingIndex } from '../withdrawal/holding-index';
import { LedgerMarkStore } from '../withdrawal/mark-store';
import { ResultStore } from './batch-results';
import { LedgerClaimStore } from './claim-store';
import { submissionStep } from './plan.contract';
import { S3QuarantineStore } from './quarantine-store';
import { settleSubmission } from './settle-submission';
import { settleSubmissionEnvironment } from './settle-submission.environment';
import type { ImportPack } from './settlement.contract';

const environment = readEnvironment(settleSubmissionEnvironment);
const log = createLog('settle-submission');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const objects = new S3ObjectStore(createS3Client());
const landingWriter = new S3ObjectStore(createQuerySigningS3Client());

export async function handler(event: unknown): Promise<{ submissionId: string; packs: ImportPack[] }> {
  const { submissionId } = submissionStep.parse(event);
  const output = await settleSubmission(
    {
      objects,
      results: new ResultStore(objects, environment.WORK_BUCKET),
      claims: new LedgerClaimStore(ledger),
      quarantine: new S3QuarantineStore(objects, environment.LANDING_BUCKET, environment.QUARANTINE_BUCKET),
      manifests: new LedgerManifestStore(ledger, objects, environment.WORK_BUCKET),
      landingWriter,
      landingBucketOf: environment.LANDING_BUCKET,
      marks: new LedgerMarkStore(ledger),
      index: new LedgerHoldingIndex(ledger),
      workBucket: environment.WORK_BUCKET,
      deidentifiedBucket: environment.DEIDENTIFIED_BUCKET,
      datastores: {
        development: environment.DATASTORES.development,
        'held-out': environment.DATASTORES.heldOut,
      },
    },
    submissionId,
  );
  log.info('submission settled', { submissionId, packs: output.packs.length });
  return output;
}
