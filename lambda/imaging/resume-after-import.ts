import type { TaskAnswers } from '../platform/task-tokens';
import type { ImportWaitStore } from './import-wait-store';

/**
 * Resumes the execution that waits for a job. An event that nobody waits for yet is left alone: AwaitImport looks at
 * the job itself once it has stored its token.
 */
export async function resumeAfterImport(
  { waits, tasks }: { waits: Pick<ImportWaitStore, 'read'>; tasks: TaskAnswers },
  jobId: string,
  jobStatus: string,
): Promise<boolean> {
  const taskToken = await waits.read(jobId);
  return taskToken !== null && (await tasks.succeed(taskToken, { jobStatus }));
}
