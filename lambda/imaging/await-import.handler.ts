import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { StepFunctionsTaskAnswers } from '../platform/task-tokens';
import { awaitImport } from './await-import';
import { awaitImportEnvironment } from './await-import.environment';
import { awaitImportStep } from './import.contract';
import { HealthImagingJobs } from './import-jobs';
import { LedgerImportWaitStore } from './import-wait-store';
import { createMedicalImagingClient } from './medical-imaging-client';

const environment = readEnvironment(awaitImportEnvironment);
const log = createLog('await-import');
const ports = {
  waits: new LedgerImportWaitStore(
    new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE),
    systemClock,
  ),
  jobs: new HealthImagingJobs(createMedicalImagingClient()),
  tasks: new StepFunctionsTaskAnswers(createStepFunctionsClient()),
};

export async function handler(event: unknown): Promise<void> {
  const step = awaitImportStep.parse(event);
  const { ended } = await awaitImport(ports, step);
  log.info('import awaited', { submissionId: step.submissionId, jobId: step.jobId, ended });
}
