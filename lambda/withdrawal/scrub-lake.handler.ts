import type { Context } from 'aws-lambda';
import { LedgerStudyStore } from '../catalogue/study-store';
import { lakePorts } from '../lake/lake-ports';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { scrubLake } from './scrub-lake';
import { scrubLakeEnvironment } from './scrub-lake.environment';
import { type ScrubLakeStep, scrubLakeStep } from './work.contract';

const environment = readEnvironment(scrubLakeEnvironment);
const log = createLog('scrub-lake');
const ledger = new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE);
const ports = {
  ...lakePorts(new S3ObjectStore(createS3Client()), ledger, environment.CATALOGUE_BUCKET),
  studies: new LedgerStudyStore(ledger),
  workBucket: environment.WORK_BUCKET,
};

/** Kept of the function's time: to scrub one partition of full files takes less. */
const reserveMilliseconds = 300_000;

export async function handler(event: unknown, context: Context): Promise<ScrubLakeStep> {
  const step = scrubLakeStep.parse(event);
  const hasTime = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const output = await scrubLake({ ...ports, hasTime }, step);
  log.info('lake scrubbed', { ...output });
  return output;
}
