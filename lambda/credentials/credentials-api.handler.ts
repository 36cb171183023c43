import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment, readRegion } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { createStsClient } from '../platform/sts-client';
import { credentialsApiEnvironment } from './credentials-api.environment';
import { credentialsRoutes } from './credentials-routes.contract';
import { issueCredentials } from './issue-credentials';
import type { Issuer } from './issuer';
import { stsSessionMaker } from './session-maker';

const environment = readEnvironment(credentialsApiEnvironment);
const log = createLog('credentials-api');
const metrics = new Metrics({ namespace: 'nmip', serviceName: 'credentials-api' });
const api = new HttpApi(log);

const issuer: Issuer = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  clock: systemClock,
  sessions: stsSessionMaker(createStsClient()),
  log,
  countFullPolicy: () => {
    metrics.addMetric('FullSessionPolicies', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  },
  collections: environment.configuration.collections,
  roleOf: environment.RESEARCHER_ROLE,
  uidRoot: environment.UID_ROOT,
  datastoreArn: environment.DATASTORE_ARNS.development,
  place: {
    region: readRegion(),
    dicomwebEndpoint: environment.DICOMWEB_ENDPOINT,
    datastoreId: environment.DATASTORES.development,
  },
};

api.serve(credentialsRoutes.issueCredentials, async ({ person, params, body, idempotencyKey }) => ({
  body: await issueCredentials(
    issuer,
    { subject: person.subject, projectId: params.id, studies: body.studies ?? null },
    idempotencyKey,
  ),
}));

export const { handler } = api;
