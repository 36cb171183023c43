import { createLog } from '../platform/log';
import { batchDeidentifier } from './batch-deidentifier';
import type { BatchCounts } from './batch-results';
import { batch as batchSchema } from './pipeline.contract';

const service = 'deidentify-batch';
const log = createLog(service);

/** Time that a batch of the map has at most. */
const deidentifier = batchDeidentifier({ service, batchSeconds: 300 });

export async function handler(event: unknown): Promise<BatchCounts> {
  const batch = batchSchema.parse(event);
  const counts = await deidentifier.deidentify(batch);
  log.info('batch de-identified', { submissionId: batch.submissionId, ...counts });
  return counts;
}
