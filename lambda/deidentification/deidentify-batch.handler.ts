import { createLog } from '../platform/log';
import { batchDeidentifier } from './batch-deidentifier';
import type { BatchCounts } from './batch-results';
import { batch as batchSchema } from './pipeline.contract';

const log = createLog('deidentify-batch');

/** Time that a batch of the map has at most. */
const batchSeconds = 300;

const deidentifier = batchDeidentifier(batchSeconds);

export async function handler(event: unknown): Promise<BatchCounts> {
  const batch = batchSchema.parse(event);
  const counts = await deidentifier.deidentify(batch);
  log.info('batch de-identified', { submissionId: batch.submissionId, ...counts });
  return counts;
}
