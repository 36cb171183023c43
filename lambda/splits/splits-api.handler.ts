import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { oncePerProcess } from '../platform/once-per-process';
import { derivePurposeKeyFromKms } from '../platform/pseudonym-keys';
import { createS3Client } from '../platform/s3-client';
import { serveSplits } from './serve-splits';
import { splitsApiEnvironment } from './splits-api.environment';
import { deriveSplitsKeys } from './splits-keys';

/** API Gateway waits 29 s for an answer; the register and the bucket need a few of them. */
const QUESTION_LIMIT_MILLISECONDS = 20_000;

const environment = readEnvironment(splitsApiEnvironment);
const objects = new S3ObjectStore(createS3Client());
const kms = createKmsClient();
const api = new HttpApi(createLog('splits-api'));

serveSplits(api, {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  clock: systemClock,
  firstOfficers: environment.FIRST_OFFICERS,
  engine: deployedEngine(environment, objects, QUESTION_LIMIT_MILLISECONDS),
  objects,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  keys: oncePerProcess(() =>
    deriveSplitsKeys((purpose) => derivePurposeKeyFromKms(kms, environment.PSEUDONYM_KEY_ID, purpose)),
  ),
  usesPerProject: environment.EVALUATION_USES,
});

export const { handler } = api;
