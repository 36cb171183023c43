import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { nameVariable, readEnvironment } from '../platform/environment';
import { createLambdaClient } from '../platform/lambda-client';
import { createLog } from '../platform/log';
import { createStsClient } from '../platform/sts-client';
import { readAsCanary } from './canary';
import { type CanaryResult, canaryWaits, runCanary } from './revocation-canary';
import { revocationCanaryEnvironment } from './revocation-canary.environment';
import { lambdaSessionDenier } from './session-denier';
import { stsSessionMaker } from './session-maker';

const environment = readEnvironment(revocationCanaryEnvironment);
/** Lambda sets the Region itself, so it is no variable of ours. */
const { AWS_REGION: region } = readEnvironment(z.object({ AWS_REGION: nameVariable }));
const log = createLog('revocation-canary');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'revocation-canary' });
const run = {
  canary: {
    table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
    clock: systemClock,
    sessions: stsSessionMaker(createStsClient()),
    roleArn: environment.CANARY_ROLE,
    uidRoot: environment.UID_ROOT,
    region,
    dicomwebEndpoint: environment.DICOMWEB_ENDPOINT,
    datastoreId: environment.DATASTORES.development,
  },
  denier: lambdaSessionDenier(createLambdaClient(), environment.DENY_SESSIONS_FUNCTION, log),
  read: readAsCanary,
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
