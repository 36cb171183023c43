import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { createStepFunctionsClient } from '../platform/step-functions-client';
import { StepFunctionsPipelineStarter } from '../submission/pipeline-starter';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { replayStep } from './quarantine.contract';
import { LedgerQuarantineRecords } from './quarantine-records';
import { LedgerReleaseStore } from './release-store';
import { type ReplayPartOutput, replayPart } from './replay-part';
import { replayPartEnvironment } from './replay-part.environment';
import { LedgerReplaySubmissions } from './replay-submissions';

const environment = readEnvironment(replayPartEnvironment);
const log = createLog('replay-part');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const objects = new S3ObjectStore(createS3Client());
const ports = {
  objects,
  quarantined: new LedgerQuarantineRecords(ledger),
  releases: new LedgerReleaseStore(ledger),
  submissions: new LedgerSubmissionStore(ledger),
  replays: new LedgerReplaySubmissions(ledger, objects, environment.WORK_BUCKET),
  pipeline: new StepFunctionsPipelineStarter(createStepFunctionsClient(), environment.PIPELINE_ARN),
  landingBucketOf: environment.LANDING_BUCKET,
  quarantineBucket: environment.QUARANTINE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<ReplayPartOutput> {
  const step = replayStep.parse(event);
  const output = await replayPart(ports, step);
  log.info('part of a release replayed', { releaseId: step.releaseId, ...output });
  return output;
}
