import { deployedCanary } from '../credentials/deployed-canary';
import { lambdaSessionDenier } from '../credentials/session-denier';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLambdaClient } from '../platform/lambda-client';
import { createLog } from '../platform/log';
import { createStsClient } from '../platform/sts-client';
import { revocationApiEnvironment } from './revocation-api.environment';
import { serveRevocations } from './serve-revocations';

const environment = readEnvironment(revocationApiEnvironment);
const log = createLog('revocation-api');
const api = new HttpApi(log);
const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);

serveRevocations(api, {
  closers: {
    table,
    clock: systemClock,
    firstOfficers: environment.FIRST_OFFICERS,
    collections: environment.configuration.collections,
  },
  denier: lambdaSessionDenier(createLambdaClient(), environment.DENY_SESSIONS_FUNCTION, log),
  canary: deployedCanary(environment, table, createStsClient()),
});

export const handler = api.handler;
