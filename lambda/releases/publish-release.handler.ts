import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { createS3Client } from '../platform/s3-client';
import { publishRelease } from './publish-release';
import { publishReleaseEnvironment } from './publish-release.environment';
import { releaseStep } from './steps.contract';

const environment = readEnvironment(publishReleaseEnvironment);
const log = createLog('publish-release');
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  objects: new S3ObjectStore(createS3Client()),
  releasesBucket: environment.RELEASES_BUCKET,
  clock: systemClock,
};

export async function handler(event: unknown): Promise<{ release: string }> {
  const { release } = releaseStep.parse(event);
  const output = await publishRelease(ports, release);
  log.info('release published', { ...output });
  return output;
}
