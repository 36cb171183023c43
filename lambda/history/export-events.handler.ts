import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { secondsAfter, systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { type ExportCounts, exportEvents, oldestWaitSeconds } from './export-events';
import { exportEventsEnvironment } from './export-events.environment';

/** No checkpoint is begun later in a run: the next one comes a minute after this one did. */
const RUN_SECONDS = 40;

/** Outbox items that hold no event of the register, or a changed one: somebody has written there. */
class FaultyOutboxError extends Error {
  override readonly name = 'FaultyOutboxError';
}

const environment = readEnvironment(exportEventsEnvironment);
const log = createLog('export-events');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'export-events' });
const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);
const objects = new S3ObjectStore(createS3Client());

export async function handler(): Promise<ExportCounts> {
  const started = systemClock.now();
  const oldest = await oldestWaitSeconds({ table, clock: systemClock });
  metrics.addMetric('OutboxAge', MetricUnit.Seconds, oldest);
  metrics.publishStoredMetrics();
  const counts = await exportEvents({
    table,
    objects,
    auditBucket: environment.AUDIT_BUCKET,
    clock: systemClock,
    deadline: secondsAfter(started, RUN_SECONDS),
  });
  if (counts.events > 0) log.info('events exported', { ...counts });
  if (counts.faulty > 0)
    throw new FaultyOutboxError(`${counts.faulty} outbox items are not as they were written`);
  return counts;
}
