import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { PublicCommitments, serveCommitments } from '../splits/list-commitments';
import { PublicRegister } from './list-register';
import { publicRegisterApiEnvironment } from './public-register-api.environment';
import { servePublicRegister } from './serve-public-register';

const environment = readEnvironment(publicRegisterApiEnvironment);
const api = new HttpApi(createLog('public-register-api'));

const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);

servePublicRegister(
  api,
  new PublicRegister({
    table,
    clock: systemClock,
    collections: environment.configuration.collections,
  }),
);

serveCommitments(api, new PublicCommitments({ table, clock: systemClock }));

export const { handler } = api;
