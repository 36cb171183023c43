import * as z from 'zod';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { stopWithdrawalEnvironment } from './stop-withdrawal.environment';
import { withdrawalId } from './withdrawal.contract';
import { LedgerWithdrawalStore } from './withdrawal-store';

const environment = readEnvironment(stopWithdrawalEnvironment);
const log = createLog('stop-withdrawal');
const withdrawals = new LedgerWithdrawalStore(
  new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE),
);

/** Step and name of the error: names of states and errors, nothing else. */
const failedStep = z.object({
  withdrawalId,
  step: z.string().regex(/^[A-Za-z]{1,64}$/),
  error: z.string().max(256),
});

export async function handler(event: unknown): Promise<void> {
  const failure = failedStep.parse(event);
  const { step, error } = failure;
  await withdrawals.move(
    failure.withdrawalId,
    ['preparing', 'prepared', 'withdrawing', 'stopped'],
    'stopped',
    { failedStep: step, failure: error },
  );
  log.error('withdrawal stopped', failure);
}
