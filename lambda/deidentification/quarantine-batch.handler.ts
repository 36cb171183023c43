import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { type BatchCounts, ResultStore } from './batch-results';
import { readLargeBatch } from './large-batch';
import { batchPointer, batch as batchSchema } from './pipeline.contract';
import { quarantineBatch } from './quarantine-batch';
import { quarantineBatchEnvironment } from './quarantine-batch.environment';

const environment = readEnvironment(quarantineBatchEnvironment);
const log = createLog('quarantine-batch');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'quarantine-batch' });
const objects = new S3ObjectStore(createS3Client());

/** A batch of the map comes as it is, one of a large file by its id. */
export async function handler(event: unknown): Promise<BatchCounts> {
  const pointer = batchPointer.safeParse(event);
  const batch = pointer.success
    ? await readLargeBatch(objects, environment.WORK_BUCKET, pointer.data)
    : batchSchema.parse(event);
  const counts = await quarantineBatch({ results: new ResultStore(objects, environment.WORK_BUCKET) }, batch);
  if (pointer.success) {
    metrics.addMetric('LargeFilesFailed', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  }
  log.warn('batch quarantined', { submissionId: batch.submissionId, ...counts });
  return counts;
}
