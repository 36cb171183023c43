import { DemographicsAccount } from '../demographics/demographics-account';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { newId } from '../platform/ids';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { S3UrlSigner } from '../platform/presigned-urls';
import { createPresigningS3Client, createQuerySigningS3Client, createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { LedgerManifestStore } from './manifest-store';
import { S3MultipartUploads } from './multipart-uploads';
import { StepFunctionsPipelineStarter } from './pipeline-starter';
import { KmsReceiptSigner } from './receipt-signing';
import { submissionApiEnvironment } from './submission-api.environment';
import { addSubmissionRoutes } from './submission-routes';
import { LedgerSubmissionStore } from './submission-store';
import { LedgerUploadStore } from './upload-store';

const environment = readEnvironment(submissionApiEnvironment);
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const s3 = createS3Client();
const objects = new S3ObjectStore(s3);
const api = new HttpApi(createLog('submission-api'));

addSubmissionRoutes(api, {
  submissions: new LedgerSubmissionStore(ledger),
  manifests: new LedgerManifestStore(ledger, objects, environment.WORK_BUCKET),
  uploads: new LedgerUploadStore(ledger),
  multipart: new S3MultipartUploads(s3, createQuerySigningS3Client()),
  objects,
  signer: new S3UrlSigner(createPresigningS3Client()),
  pipeline: new StepFunctionsPipelineStarter(createStepFunctionsClient(), environment.PIPELINE_ARN),
  demographics: new DemographicsAccount(ledger, objects, environment.WORK_BUCKET),
  receiptSigner: new KmsReceiptSigner(createKmsClient(), environment.RECEIPT_KEY_ID),
  collections: environment.configuration.collections,
  trusts: new Set(environment.configuration.trusts.map((trust) => trust.odsCode)),
  landingBucketOf: environment.LANDING_BUCKET,
  exchangeBucket: environment.EXCHANGE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  clock: systemClock,
  newId: () => newId('s', systemClock),
});

export const { handler } = api;
