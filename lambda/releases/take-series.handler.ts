import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { newId } from '../platform/ids';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { questionLimitMilliseconds, releaseStep } from './steps.contract';
import { takeSeries } from './take-series';
import { takeSeriesEnvironment } from './take-series.environment';

const environment = readEnvironment(takeSeriesEnvironment);
const log = createLog('take-series');
const objects = new S3ObjectStore(createS3Client());
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  engine: deployedEngine(environment, objects, questionLimitMilliseconds),
  objects,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  trusts: environment.configuration.trusts,
  newAttempt: () => newId('u', systemClock),
};

export async function handler(event: unknown): Promise<{ release: string }> {
  const { release } = releaseStep.parse(event);
  const output = await takeSeries(ports, release);
  log.info('series of the release taken', { ...output });
  return output;
}
