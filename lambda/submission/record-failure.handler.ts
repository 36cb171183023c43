import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { recordFailureEnvironment } from './record-failure.environment';
import { LedgerSubmissionStore, type SubmissionStore } from './submission-store';

const environment = readEnvironment(recordFailureEnvironment);
const log = createLog('record-failure');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);

/** Step and name of the error: names of states and errors, nothing else. */
const failedStep = z.object({
  submissionId,
  step: z.string().regex(/^[A-Za-z]{1,64}$/),
  error: z.string().max(256),
});

/** Marks the submission as stopped, for an operator to run again by an execution of another name. */
export async function recordFailure(
  submissions: Pick<SubmissionStore, 'stop'>,
  failure: z.infer<typeof failedStep>,
): Promise<void> {
  await submissions.stop(failure.submissionId, failure.step, failure.error);
}

export async function handler(event: unknown): Promise<void> {
  const failure = failedStep.parse(event);
  await recordFailure(new LedgerSubmissionStore(ledger), failure);
  log.error('submission stopped', failure);
}
