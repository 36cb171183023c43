import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createS3Client } from '../platform/s3-client';
import { historyApiEnvironment } from './history-api.environment';
import { addHistoryRoutes } from './history-routes';

const environment = readEnvironment(historyApiEnvironment);
const log = createLog('history-api');
const api = new HttpApi(log);

addHistoryRoutes(api, {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  objects: new S3ObjectStore(createS3Client()),
  urls: new S3UrlSigner(createPresigningS3Client()),
  auditBucket: environment.AUDIT_BUCKET,
  trailBucket: environment.TRAIL_BUCKET,
  trailPrefix: environment.TRAIL_PREFIX,
  uidRoot: environment.UID_ROOT,
  clock: systemClock,
  log,
});

export const { handler } = api;
