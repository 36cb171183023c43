import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { countWithdrawnEnvironment } from './count-withdrawn.environment';
import { questionLimitMilliseconds } from './steps.contract';
import { countWithdrawn } from './withdrawn-count';

const environment = readEnvironment(countWithdrawnEnvironment);
const log = createLog('count-withdrawn');
const objects = new S3ObjectStore(createS3Client());
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  engine: deployedEngine(environment, objects, questionLimitMilliseconds),
  objects,
  releasesBucket: environment.RELEASES_BUCKET,
  clock: systemClock,
};

/** Called once a day. */
export async function handler(): Promise<{ releases: number }> {
  const output = await countWithdrawn(ports);
  log.info('withdrawn studies of releases counted', output);
  return output;
}
