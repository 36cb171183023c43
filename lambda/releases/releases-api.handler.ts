import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { StepFunctionsReleaseStarter } from './release-starter';
import { releasesApiEnvironment } from './releases-api.environment';
import { serveReleases } from './serve-releases';

const environment = readEnvironment(releasesApiEnvironment);
const api = new HttpApi(createLog('releases-api'));
const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);
const objects = new S3ObjectStore(createS3Client());

serveReleases(api, {
  makers: {
    table,
    clock: systemClock,
    firstOfficers: environment.FIRST_OFFICERS,
    starter: new StepFunctionsReleaseStarter(createStepFunctionsClient(), environment.RELEASE_ARN),
    collections: new Set(environment.configuration.collections.map(({ id }) => id)),
  },
  findings: { table, objects, catalogueBucket: environment.CATALOGUE_BUCKET },
  published: {
    table,
    objects,
    signer: new S3UrlSigner(createPresigningS3Client()),
    releasesBucket: environment.RELEASES_BUCKET,
    clock: systemClock,
  },
});

export const { handler } = api;
