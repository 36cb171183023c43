import type { Clock } from '../platform/clock';
import type { ObjectStore } from '../platform/object-store';
import type { RequestPerson } from '../platform/request-person';
import type { FileReference, QuarantineRecord, RejectionReason } from './quarantine.contract';
import { refuseQuarantine } from './quarantine-errors';
import type { QuarantineRecords } from './quarantine-records';
import { deleteCopy, type QuarantinePlaces } from './quarantined-copy';

export interface RejectFilePorts extends QuarantinePlaces {
  readonly objects: Pick<ObjectStore, 'deleteAllVersions'>;
  readonly quarantined: Pick<QuarantineRecords, 'get' | 'end'>;
  readonly clock: Clock;
}

/**
 * Decides that a file will not be taken: its record says so and by whom, and its copy is deleted in every version. The
 * same decision again deletes what the first one may have left.
 * @throws PlatformError FILE_NOT_FOUND, NOT_WAITING
 */
export async function rejectFile(
  ports: RejectFilePorts,
  person: RequestPerson,
  file: FileReference,
  reason: RejectionReason,
): Promise<QuarantineRecord> {
  const record = await ports.quarantined.get(file);
  if (record === null) throw refuseQuarantine('FILE_NOT_FOUND');
  if (record.state === 'waiting') {
    const endedAt = ports.clock.now().toISOString();
    const ending = { state: 'rejected', reason, decidedBy: person.subject, endedAt } as const;
    await ports.quarantined.end([{ record, ending }]);
  }
  const now = await ports.quarantined.get(file);
  if (now?.state !== 'rejected')
    throw refuseQuarantine('NOT_WAITING', { detail: `The file is ${now?.state}.` });
  await deleteCopy(ports, now);
  return now;
}
