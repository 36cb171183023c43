import type { TaskAnswers } from '../platform/task-tokens';
import type { AwaitImportStep } from './import.contract';
import { hasEnded, type ImportJobs } from './import-jobs';
import type { ImportWaitStore } from './import-wait-store';

export interface AwaitImportPorts {
  readonly waits: Pick<ImportWaitStore, 'write'>;
  readonly jobs: Pick<ImportJobs, 'get'>;
  readonly tasks: TaskAnswers;
}

/**
 * Leaves the step waiting for the end of an import job. The token is stored first and the job looked at afterwards, so
 * that an end before, between or after is always noticed.
 */
export async function awaitImport(
  ports: AwaitImportPorts,
  { jobId, datastoreId, taskToken }: AwaitImportStep,
): Promise<{ ended: boolean }> {
  await ports.waits.write(jobId, taskToken);
  const job = await ports.jobs.get(datastoreId, jobId);
  const ended = hasEnded(job);
  if (ended) await ports.tasks.succeed(taskToken, { jobStatus: job.status });
  return { ended };
}
