import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { moveRelease } from './move-release';
import { failedReleaseStep } from './steps.contract';
import { stopReleaseEnvironment } from './stop-release.environment';

const environment = readEnvironment(stopReleaseEnvironment);
const log = createLog('stop-release');
const table = new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE);

export async function handler(event: unknown): Promise<void> {
  const { release, step, error } = failedReleaseStep.parse(event);
  await moveRelease(table, release, 'stopped', { stop: { kind: 'failure', step, error } });
  log.error('release stopped', { release, step, error });
}
