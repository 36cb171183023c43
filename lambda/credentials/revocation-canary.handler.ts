import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLambdaClient } from '../platform/lambda-client';
import { createLog } from '../platform/log';
import { createStsClient } from '../platform/sts-client';
import { canaryReader } from './canary-reader';
import { deployedCanary } from './deployed-canary';
import { type CanaryResult, canaryWaits, runCanary } from './revocation-canary';
import { revocationCanaryEnvironment } from './revocation-canary.environment';
import { lambdaSessionDenier } from './session-denier';

const environment = readEnvironment(revocationCanaryEnvironment);
const log = createLog('revocation-canary');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'revocation-canary' });
const sts = createStsClient();
const run = {
  canary: deployedCanary(
    environment,
    new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
    sts,
  ),
  denier: lambdaSessionDenier(createLambdaClient(), environment.DENY_SESSIONS_FUNCTION, log),
  read: canaryReader(sts),
  waits: canaryWaits,
};

/** Every night. A run that measures nothing is counted, since no figure must not look like a good one. */
export async function handler(): Promise<CanaryResult> {
  const result = await runCanary(run);
  log.info('revocation measured', { ...result });
  if (result.outcome === 'denied') metrics.addMetric('RevocationSeconds', MetricUnit.Seconds, result.seconds);
  else metrics.addMetric('RevocationsNotSeen', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return result;
}
