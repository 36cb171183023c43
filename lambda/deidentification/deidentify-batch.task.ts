import { useContainerCredentials } from '../platform/container-credentials';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { batchDeidentifier } from './batch-deidentifier';
import { deidentifyBatchTaskEnvironment } from './deidentify-batch.task.environment';
import { readLargeBatch } from './large-batch';

/** The program of the container: de-identifies the one batch that its environment names, and ends. */

const log = createLog('deidentify-batch-task');

/** Time that the state machine gives a task. */
const batchSeconds = 3_600;

async function run(): Promise<void> {
  useContainerCredentials();
  const { SUBMISSION_ID, BATCH_ID } = readEnvironment(deidentifyBatchTaskEnvironment);
  const { objects, workBucket, deidentify } = batchDeidentifier(batchSeconds);
  const batch = await readLargeBatch(objects, workBucket, { submissionId: SUBMISSION_ID, batch: BATCH_ID });
  const counts = await deidentify(batch);
  log.info('batch de-identified', { submissionId: SUBMISSION_ID, ...counts });
}

run().then(
  // connections that are kept alive would hold the process for a while
  () => process.exit(0),
  (error: unknown) => {
    log.error('batch not de-identified', {}, error);
    process.exit(1);
  },
);
