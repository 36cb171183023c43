import * as z from 'zod';
import { batchId, submissionId } from './pipeline.contract';

/** What the state machine adds to the environment of the container: which batch it is started for. */
export const deidentifyBatchTaskEnvironment = z.object({
  SUBMISSION_ID: submissionId,
  BATCH_ID: batchId,
});
