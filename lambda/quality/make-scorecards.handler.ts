import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { LedgerSubmissionStore } from '../submission/submission-store';
import { makeScorecards } from './make-scorecards';
import { makeScorecardsEnvironment } from './make-scorecards.environment';

/** A question to the lake; the function has 14 minutes for all of them. */
const questionLimitMilliseconds = 180_000;

const environment = readEnvironment(makeScorecardsEnvironment);
const { trusts, collections } = environment.configuration;
const log = createLog('make-scorecards');
const objects = new S3ObjectStore(createS3Client());
const ports = {
  submissions: new LedgerSubmissionStore(new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE)),
  engine: deployedEngine(environment, objects, questionLimitMilliseconds),
  objects,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  workBucket: environment.WORK_BUCKET,
  trusts,
  collections,
  clock: systemClock,
};

export async function handler(): Promise<{ scorecards: number }> {
  const made = await makeScorecards(ports);
  log.info('scorecards made', { ...made });
  return made;
}
