import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { guardRelease } from './guard-release';
import { guardReleaseEnvironment } from './guard-release.environment';
import { questionLimitMilliseconds, releaseStep, type StepOutcome } from './steps.contract';

const environment = readEnvironment(guardReleaseEnvironment);
const log = createLog('guard-release');
const objects = new S3ObjectStore(createS3Client());
const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);
const ports = {
  table,
  engine: deployedEngine(environment, objects, questionLimitMilliseconds),
  objects,
  catalogueBucket: environment.CATALOGUE_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<StepOutcome> {
  const { release } = releaseStep.parse(event);
  const output = await guardRelease(ports, release);
  log.info('both sides of the split compared', { ...output });
  return output;
}
