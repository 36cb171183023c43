import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { oncePerProcess } from '../platform/once-per-process';
import { derivePatientKeyFromKms } from '../platform/pseudonym-keys';
import { createS3Client } from '../platform/s3-client';
import { LedgerQuarantineRecords } from '../quarantine/quarantine-records';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { RegisterGrantedProjects } from './granted-projects';
import { LedgerHoldingIndex } from './holding-index';
import { prepareWithdrawal } from './prepare-withdrawal';
import { prepareWithdrawalEnvironment } from './prepare-withdrawal.environment';
import { LedgerWithdrawalStore } from './withdrawal-store';
import { withdrawalStep } from './work.contract';

const environment = readEnvironment(prepareWithdrawalEnvironment);
const log = createLog('prepare-withdrawal');
const documents = createDocumentClient();
const ledger = new DocumentTable(documents, environment.LEDGER_TABLE);
const register = new DocumentTable(documents, environment.REGISTER_TABLE);
const kms = createKmsClient();
const ports = {
  withdrawals: new LedgerWithdrawalStore(ledger),
  submissions: new LedgerSubmissionStore(ledger),
  index: new LedgerHoldingIndex(ledger),
  quarantined: new LedgerQuarantineRecords(ledger),
  objects: new S3ObjectStore(createS3Client()),
  projects: new RegisterGrantedProjects(register, systemClock),
  patientKey: oncePerProcess(() => derivePatientKeyFromKms(kms, environment.PSEUDONYM_KEY_ID)),
  exchangeBucket: environment.EXCHANGE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<{ withdrawalId: string; confirmed: boolean }> {
  const { withdrawalId } = withdrawalStep.parse(event);
  const output = await prepareWithdrawal(ports, withdrawalId);
  log.info('withdrawal prepared', { ...output });
  return output;
}
