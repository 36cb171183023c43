import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createS3Client } from '../platform/s3-client';
import { publicReleasesApiEnvironment } from './public-releases-api.environment';
import { servePublicReleases } from './serve-releases';

const environment = readEnvironment(publicReleasesApiEnvironment);
const api = new HttpApi(createLog('public-releases-api'));

servePublicReleases(api, {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  objects: new S3ObjectStore(createS3Client()),
  signer: new S3UrlSigner(createPresigningS3Client()),
  releasesBucket: environment.RELEASES_BUCKET,
  clock: systemClock,
});

export const { handler } = api;
