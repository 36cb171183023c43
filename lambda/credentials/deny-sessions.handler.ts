import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createIamClient } from '../platform/iam-client';
import { createLog } from '../platform/log';
import { IamDenialPolicy } from './denial-policy';
import { type DenyOutcome, denySessions } from './deny-sessions';
import { denySessionsEnvironment } from './deny-sessions.environment';

const environment = readEnvironment(denySessionsEnvironment);
const log = createLog('deny-sessions');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'deny-sessions' });
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  policy: new IamDenialPolicy(createIamClient(), environment.DENIAL_POLICY_ARN),
  names: {
    rolesOfArc: (arc: number) =>
      environment.RESEARCHER_ROLE.replace('{arc}', String(arc)).replace('{accessMode}', '*'),
  },
  clock: systemClock,
};

/** Called by whoever revokes, and every minute: what a failed call left undone, and what has run out, is put right then. */
export async function handler(): Promise<DenyOutcome> {
  const outcome = await denySessions(ports);
  metrics.addMetric('RevocationsInForce', MetricUnit.Count, outcome.revocations);
  if (outcome.version !== null) log.info('denials put in force', { ...outcome });
  if (outcome.seconds !== null) metrics.addMetric('DenialSeconds', MetricUnit.Seconds, outcome.seconds);
  metrics.publishStoredMetrics();
  return outcome;
}
