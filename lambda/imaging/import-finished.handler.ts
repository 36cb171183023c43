import * as z from 'zod';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { StepFunctionsTaskAnswers } from '../platform/task-tokens';
import { importFinishedEnvironment } from './import-finished.environment';
import { LedgerImportWaitStore } from './import-wait-store';
import { resumeAfterImport } from './resume-after-import';

const environment = readEnvironment(importFinishedEnvironment);
const log = createLog('import-finished');
const ports = {
  waits: new LedgerImportWaitStore(
    new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE),
    systemClock,
  ),
  tasks: new StepFunctionsTaskAnswers(createStepFunctionsClient()),
};

/** `Import Job Completed` and `Import Job Failed` of `aws.medical-imaging`. */
const importJobEvent = z.object({ detail: z.object({ jobId: z.string(), jobStatus: z.string() }) });

export async function handler(event: unknown): Promise<void> {
  const { jobId, jobStatus } = importJobEvent.parse(event).detail;
  const resumed = await resumeAfterImport(ports, jobId, jobStatus);
  log.info('import job ended', { jobId, jobStatus, resumed });
}
