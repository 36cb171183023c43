import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import type { Committee } from './applications';
import { registerApiEnvironment } from './register-api.environment';
import { serveApplications } from './serve-applications';
import { servePeople } from './serve-people';
import { serveProjects } from './serve-projects';

const environment = readEnvironment(registerApiEnvironment);
const api = new HttpApi(createLog('register-api'));

const committee: Committee = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  clock: systemClock,
  firstOfficers: environment.FIRST_OFFICERS,
  collections: environment.configuration.collections,
};

servePeople(api, committee, environment.configuration.trusts, environment.OIDC_ISSUER);
serveApplications(api, committee);
serveProjects(api, committee);

export const { handler } = api;
