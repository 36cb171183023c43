import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { type ExpiryCounts, expireQuarantine } from './expire-quarantine';
import { expireQuarantineEnvironment } from './expire-quarantine.environment';
import { LedgerQuarantineRecords } from './quarantine-records';

const environment = readEnvironment(expireQuarantineEnvironment);
const log = createLog('expire-quarantine');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'expire-quarantine' });
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const ports = {
  objects: new S3ObjectStore(createS3Client()),
  quarantined: new LedgerQuarantineRecords(ledger),
  landingBucketOf: environment.LANDING_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  warningDays: environment.QUARANTINE_WARNING_DAYS,
  clock: systemClock,
};

export async function handler(): Promise<ExpiryCounts> {
  const counts = await expireQuarantine(ports);
  log.info('quarantine expired', { ...counts });
  metrics.addMetric('QuarantineExpired', MetricUnit.Count, counts.expired);
  metrics.addMetric('QuarantineEndsSoon', MetricUnit.Count, counts.endSoon);
  metrics.publishStoredMetrics();
  return counts;
}
