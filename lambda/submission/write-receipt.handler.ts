import { submissionStep } from '../deidentification/plan.contract';
import { DemographicsAccount } from '../demographics/demographics-account';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { rulesByCollection } from '../quarantine/processing-rules';
import type { ProcessingRules } from '../quarantine/quarantine.contract';
import { LedgerQuarantineRecords } from '../quarantine/quarantine-records';
import { LedgerManifestStore } from './manifest-store';
import { S3MultipartUploads } from './multipart-uploads';
import { KmsReceiptSigner } from './receipt-signing';
import type { LedgerTotals } from './submission.contract';
import { LedgerSubmissionStore } from './submission-store';
import { LedgerUploadStore } from './upload-store';
import { writeReceipt } from './write-receipt';
import { writeReceiptEnvironment } from './write-receipt.environment';

const environment = readEnvironment(writeReceiptEnvironment);
const log = createLog('write-receipt');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const s3 = createS3Client();
const objects = new S3ObjectStore(s3);

const configuredRules = rulesByCollection(environment.configuration.collections);

function rulesOf(collection: string): ProcessingRules {
  const rules = configuredRules(collection);
  if (rules === null) throw new Error(`collection ${collection} is not configured`);
  return rules;
}

const ports = {
  submissions: new LedgerSubmissionStore(ledger),
  manifests: new LedgerManifestStore(ledger, objects, environment.WORK_BUCKET),
  uploads: new LedgerUploadStore(ledger),
  multipart: new S3MultipartUploads(s3, s3),
  objects,
  signer: new KmsReceiptSigner(createKmsClient(), environment.RECEIPT_KEY_ID),
  demographics: new DemographicsAccount(ledger, objects, environment.WORK_BUCKET),
  quarantined: new LedgerQuarantineRecords(ledger),
  rulesOf,
  times: { quarantineDays: environment.QUARANTINE_DAYS, landingDays: environment.LANDING_DAYS },
  landingBucketOf: environment.LANDING_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  exchangeBucket: environment.EXCHANGE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<{ outcomes: LedgerTotals }> {
  const { submissionId } = submissionStep.parse(event);
  const output = await writeReceipt(ports, submissionId);
  log.info('receipt written', { submissionId, ...output.outcomes });
  return output;
}
