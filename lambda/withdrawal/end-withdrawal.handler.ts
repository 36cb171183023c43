import { LedgerStudyStore } from '../catalogue/study-store';
import { LedgerClaimStore } from '../deidentification/claim-store';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { KmsReceiptSigner } from '../submission/receipt-signing';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { endWithdrawal } from './end-withdrawal';
import { endWithdrawalEnvironment } from './end-withdrawal.environment';
import { RegisterGrantedProjects } from './granted-projects';
import { LedgerHoldingIndex } from './holding-index';
import { LedgerWithdrawalStore } from './withdrawal-store';
import { withdrawalStep } from './work.contract';

const environment = readEnvironment(endWithdrawalEnvironment);
const log = createLog('end-withdrawal');
const documents = createDocumentClient();
const ledger = new DocumentTable(documents, environment.LEDGER_TABLE);
const register = new DocumentTable(documents, environment.REGISTER_TABLE);
const ports = {
  withdrawals: new LedgerWithdrawalStore(ledger),
  objects: new S3ObjectStore(createS3Client()),
  submissions: new LedgerSubmissionStore(ledger),
  studies: new LedgerStudyStore(ledger),
  claims: new LedgerClaimStore(ledger),
  index: new LedgerHoldingIndex(ledger),
  projects: new RegisterGrantedProjects(register, systemClock),
  signer: new KmsReceiptSigner(createKmsClient(), environment.RECEIPT_KEY_ID),
  landingBucketOf: environment.LANDING_BUCKET,
  workBucket: environment.WORK_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<{ withdrawalId: string }> {
  const { withdrawalId } = withdrawalStep.parse(event);
  const output = await endWithdrawal(ports, withdrawalId);
  log.info('withdrawal certified', { ...output });
  return output;
}
