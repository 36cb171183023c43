import { deployedEngine } from '../lake/deployed-engine';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createKmsClient } from '../platform/kms-client';
import { createLog } from '../platform/log';
import { S3ObjectStore } from '../platform/object-store';
import { oncePerProcess } from '../platform/once-per-process';
import { derivePurposeKeyFromKms } from '../platform/pseudonym-keys';
import { createS3Client } from '../platform/s3-client';
import { deriveSplitsKeys } from '../splits/splits-keys';
import { commitHeldOutEnvironment } from './commit-held-out.environment';
import { commitToHeldOut } from './commit-to-held-out';
import { questionLimitMilliseconds, releaseStep } from './steps.contract';

const environment = readEnvironment(commitHeldOutEnvironment);
const log = createLog('commit-held-out');
const objects = new S3ObjectStore(createS3Client());
const kms = createKmsClient();
const keys = oncePerProcess(() =>
  deriveSplitsKeys((purpose) => derivePurposeKeyFromKms(kms, environment.PSEUDONYM_KEY_ID, purpose)),
);
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  objects,
  engine: deployedEngine(environment, objects, questionLimitMilliseconds),
  catalogueBucket: environment.CATALOGUE_BUCKET,
  clock: systemClock,
  keys,
};

export async function handler(event: unknown): Promise<{ release: string }> {
  const { release } = releaseStep.parse(event);
  const output = await commitToHeldOut(ports, release);
  log.info('committed to what the release holds out', { ...output });
  return output;
}
