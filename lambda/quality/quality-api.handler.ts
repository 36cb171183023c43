import { systemClock } from '../platform/clock';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { qualityApiEnvironment } from './quality-api.environment';
import { addQualityRoutes } from './quality-routes';

const environment = readEnvironment(qualityApiEnvironment);
const { trusts, collections } = environment.configuration;
const api = new HttpApi(createLog('quality-api'));

addQualityRoutes(api, {
  objects: new S3ObjectStore(createS3Client()),
  catalogueBucket: environment.CATALOGUE_BUCKET,
  trusts,
  collections,
  clock: systemClock,
});

export const { handler } = api;
