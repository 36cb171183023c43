import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { HttpApi } from '../platform/http-api';
import { newId } from '../platform/ids';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { rulesByCollection } from './processing-rules';
import { quarantineApiEnvironment } from './quarantine-api.environment';
import { LedgerQuarantineRecords } from './quarantine-records';
import { addQuarantineRoutes } from './quarantine-routes';
import { LedgerReleaseStore } from './release-store';
import { StepFunctionsReplayStarter } from './replay-starter';

const environment = readEnvironment(quarantineApiEnvironment);
const { collections, trusts } = environment.configuration;
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const api = new HttpApi(createLog('quarantine-api'));

addQuarantineRoutes(api, {
  quarantined: new LedgerQuarantineRecords(ledger),
  releases: new LedgerReleaseStore(ledger),
  submissions: new LedgerSubmissionStore(ledger),
  objects: new S3ObjectStore(createS3Client()),
  replays: new StepFunctionsReplayStarter(createStepFunctionsClient(), environment.REPLAY_ARN),
  rulesOf: rulesByCollection(collections),
  endOf: (collection) => collections.find(({ id }) => id === collection)?.legalBasis.endsOn ?? null,
  trusts: new Set(trusts.map(({ odsCode }) => odsCode)),
  landingBucketOf: environment.LANDING_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  warningDays: environment.QUARANTINE_WARNING_DAYS,
  clock: systemClock,
  newReleaseId: () => newId('r', systemClock),
  newSubmissionId: () => newId('s', systemClock),
});

export const { handler } = api;
