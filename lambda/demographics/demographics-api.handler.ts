import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { newId } from '../platform/ids';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createS3Client } from '../platform/s3-client';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { DemographicsAccount } from './demographics-account';
import { demographicsApiEnvironment } from './demographics-api.environment';
import { addDemographicsRoutes } from './demographics-routes';
import { ExchangeDemographicsStore } from './demographics-store';

const environment = readEnvironment(demographicsApiEnvironment);
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const objects = new S3ObjectStore(createS3Client());
const api = new HttpApi(createLog('demographics-api'));

addDemographicsRoutes(api, {
  submissions: new LedgerSubmissionStore(ledger),
  demographics: new ExchangeDemographicsStore(ledger, objects, environment.EXCHANGE_BUCKET),
  account: new DemographicsAccount(ledger, objects, environment.WORK_BUCKET),
  signer: new S3UrlSigner(createPresigningS3Client()),
  collections: environment.configuration.collections,
  exchangeBucket: environment.EXCHANGE_BUCKET,
  acceptedDays: environment.DEMOGRAPHICS_DAYS,
  clock: systemClock,
  newUploadId: () => newId('u', systemClock),
});

export const { handler } = api;
