import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { registerApiEnvironment } from './register-api.environment';
import { addRegisterRoutes } from './register-routes';

const environment = readEnvironment(registerApiEnvironment);
const api = new HttpApi(createLog('register-api'));

addRegisterRoutes(
  api,
  {
    table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
    clock: systemClock,
    firstOfficers: environment.FIRST_OFFICERS,
    collections: environment.configuration.collections,
  },
  environment.configuration.trusts,
);

api.publicRoute('/v1/sign-in', async () => ({ body: { issuer: environment.OIDC_ISSUER } }));

export const handler = api.handler;
