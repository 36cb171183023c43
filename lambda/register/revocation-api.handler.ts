import * as z from 'zod';
import { lambdaSessionDenier } from '../credentials/session-denier';
import { stsSessionMaker } from '../credentials/session-maker';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { nameVariable, readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLambdaClient } from '../platform/lambda-client';
import { createLog } from '../platform/log';
import { createStsClient } from '../platform/sts-client';
import { revocationApiEnvironment } from './revocation-api.environment';
import { serveRevocations } from './serve-revocations';

const environment = readEnvironment(revocationApiEnvironment);
/** Lambda sets the Region itself, so it is no variable of ours. */
const { AWS_REGION: region } = readEnvironment(z.object({ AWS_REGION: nameVariable }));
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
  canary: {
    table,
    clock: systemClock,
    sessions: stsSessionMaker(createStsClient()),
    roleArn: environment.CANARY_ROLE,
    uidRoot: environment.UID_ROOT,
    region,
    dicomwebEndpoint: environment.DICOMWEB_ENDPOINT,
    datastoreId: environment.DATASTORES.development,
  },
});

export const handler = api.handler;
