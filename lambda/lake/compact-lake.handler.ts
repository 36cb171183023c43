import type { Context } from 'aws-lambda';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { type CompactLakeOutput, compactLake } from './compact-lake';
import { compactLakeRequest } from './compact-lake.contract';
import { compactLakeEnvironment } from './compact-lake.environment';
import { fullFileRows } from './compact-partition';
import { lakePorts } from './lake-ports';

const environment = readEnvironment(compactLakeEnvironment);
const log = createLog('compact-lake');
const ports = lakePorts(
  new S3ObjectStore(createS3Client()),
  new DocumentTable(createDocumentClient(), environment.LEDGER_TABLE),
  environment.CATALOGUE_BUCKET,
);

/** Kept of the function's time: to merge one full file takes less. */
const reserveMilliseconds = 180_000;

export async function handler(event: unknown, context: Context): Promise<CompactLakeOutput> {
  const request = compactLakeRequest.parse(event);
  const { collections = environment.configuration.collections.map(({ id }) => id), leastAdded } = request;
  const hasTime = () => context.getRemainingTimeInMillis() > reserveMilliseconds;
  const output = await compactLake({ ...ports, fileRows: fullFileRows, hasTime }, collections, leastAdded);
  log.info('lake compacted', { ...output });
  return output;
}
