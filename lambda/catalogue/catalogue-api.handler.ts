import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { catalogueApiEnvironment } from './catalogue-api.environment';
import { catalogueRoutes } from './catalogue-routes.contract';
import { RegisterTableProjects } from './project-register';
import { listProjectStudies } from './project-studies';
import { LedgerStudyStore } from './study-store';

const environment = readEnvironment(catalogueApiEnvironment);
const client = createDocumentClient();
const ports = {
  register: new RegisterTableProjects(new DocumentTable(client, environment.REGISTER_TABLE)),
  studies: new LedgerStudyStore(new DocumentTable(client, environment.LEDGER_TABLE)),
  clock: systemClock,
};
const api = new HttpApi(createLog('catalogue-api'));

api.serve(catalogueRoutes.listProjectStudies, async ({ person, params, query }) => ({
  body: await listProjectStudies(ports, person, params.id, query),
}));

export const { handler } = api;
