import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { LedgerQuarantineRecords } from '../quarantine/quarantine-records';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { type BeginOutput, beginWithdrawal } from './begin-withdrawal';
import { beginWithdrawalEnvironment } from './begin-withdrawal.environment';
import { LedgerHoldingIndex } from './holding-index';
import { LedgerMarkStore } from './mark-store';
import { LedgerWithdrawalStore } from './withdrawal-store';
import { beginStep } from './work.contract';

const environment = readEnvironment(beginWithdrawalEnvironment);
const log = createLog('begin-withdrawal');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const ports = {
  withdrawals: new LedgerWithdrawalStore(ledger),
  submissions: new LedgerSubmissionStore(ledger),
  index: new LedgerHoldingIndex(ledger),
  quarantined: new LedgerQuarantineRecords(ledger),
  marks: new LedgerMarkStore(ledger),
  objects: new S3ObjectStore(createS3Client()),
  workBucket: environment.WORK_BUCKET,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<BeginOutput> {
  const { withdrawalId, round } = beginStep.parse(event);
  const output = await beginWithdrawal(ports, withdrawalId, round);
  log.info('withdrawal begun', { withdrawalId, round, underWay: output.underWay });
  return output;
}
