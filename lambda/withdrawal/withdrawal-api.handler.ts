import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { newId } from '../platform/ids';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { withdrawalApiEnvironment } from './withdrawal-api.environment';
import { addWithdrawalRoutes } from './withdrawal-routes';
import { StepFunctionsWithdrawalStarter } from './withdrawal-starter';
import { LedgerWithdrawalStore } from './withdrawal-store';

const environment = readEnvironment(withdrawalApiEnvironment);
const { trusts, collections } = environment.configuration;
const api = new HttpApi(createLog('withdrawal-api'));

addWithdrawalRoutes(api, {
  withdrawals: new LedgerWithdrawalStore(new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE)),
  objects: new S3ObjectStore(createS3Client()),
  signer: new S3UrlSigner(createPresigningS3Client()),
  starter: new StepFunctionsWithdrawalStarter(createStepFunctionsClient(), environment.WITHDRAWAL_ARN),
  collections: new Set(collections.map(({ id }) => id)),
  trusts: new Set(trusts.map(({ odsCode }) => odsCode)),
  exchangeBucket: environment.EXCHANGE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  clock: systemClock,
  newId: () => newId('w', systemClock),
});

export const { handler } = api;
