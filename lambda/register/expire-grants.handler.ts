import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { createSnsClient } from '../platform/sns-client';
import { type ExpiryCounts, expireGrants } from './expire-grants';
import { expireGrantsEnvironment } from './expire-grants.environment';
import { snsNotifier } from './notifier';

const environment = readEnvironment(expireGrantsEnvironment);
const log = createLog('expire-grants');
const ports = {
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  clock: systemClock,
  log,
  collections: environment.configuration.collections,
  notifier: snsNotifier(createSnsClient(), environment.NOTIFICATIONS_TOPIC),
};

export async function handler(): Promise<ExpiryCounts> {
  const counts = await expireGrants(ports);
  log.info('projects looked through', { ...counts });
  if (counts.failed > 0)
    throw new Error(`${counts.failed} of ${counts.projects} projects could not be worked on`);
  return counts;
}
