import type { Clock } from '../platform/clock';
import { exchangeKeys, withdrawalKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import { type GatherPorts, gatherHoldings } from './gather-holdings';
import type { GrantedProjects } from './granted-projects';
import { readWithdrawalSubjects } from './read-subjects';
import type { WithdrawalRecord } from './withdrawal.contract';
import type { WithdrawalStore } from './withdrawal-store';
import { requestedStudies, type WithdrawalSubjects, withdrawalSubjects } from './work.contract';

export interface PrepareWithdrawalPorts extends Omit<GatherPorts, 'objects'> {
  readonly withdrawals: Pick<WithdrawalStore, 'get' | 'move' | 'note'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list' | 'deleteAllVersions'>;
  readonly projects: Pick<GrantedProjects, 'withGrantsFor'>;
  readonly patientKey: () => Promise<Buffer>;
  readonly exchangeBucket: string;
  readonly workBucket: string;
  readonly clock: Clock;
}

/** Raised where the list of patients never came: the command sends it before it asks for preparation. */
export class SubjectsMissingError extends Error {
  override readonly name = 'SubjectsMissingError';
}

async function subjectsOf(
  ports: PrepareWithdrawalPorts,
  record: WithdrawalRecord,
): Promise<WithdrawalSubjects> {
  const { id, kind, collection, trust } = record;
  if (kind === 'trust') {
    if (trust === undefined) throw new Error(`withdrawal ${id} names no trust`);
    return { kind, trust };
  }
  if (kind === 'studies') {
    if (collection === undefined) throw new Error(`withdrawal ${id} names no collection`);
    const place = { bucket: ports.workBucket, key: withdrawalKeys.request(id) };
    const { studies } = await requireJson(ports.objects, place, requestedStudies);
    return { kind, collection, studies: [...new Set(studies)].sort() };
  }
  const text = await ports.objects.readText({
    bucket: ports.exchangeBucket,
    key: exchangeKeys.withdrawal(id),
  });
  if (text === null) throw new SubjectsMissingError(`withdrawal ${id} has no list of patients`);
  const lines =
    record.identifiers === 'patient-id' && trust !== undefined
      ? ({ identifiers: 'patient-id', trust } as const)
      : ({ identifiers: 'nhs-number' } as const);
  const { patients, unreadable } = readWithdrawalSubjects(text, lines, await ports.patientKey());
  await ports.withdrawals.note(id, { received: patients.length, unreadable });
  return { kind, patients: [...patients] };
}

/** The subjects of a withdrawal: as pseudonyms from here on; the list of numbers is deleted once they stand. */
async function settleSubjects(
  ports: PrepareWithdrawalPorts,
  record: WithdrawalRecord,
): Promise<WithdrawalSubjects> {
  const place = { bucket: ports.workBucket, key: withdrawalKeys.subjects(record.id) };
  let subjects = await readJson(ports.objects, place, withdrawalSubjects);
  if (subjects === null) {
    subjects = await subjectsOf(ports, record);
    await writeJson(ports.objects, place, subjects);
  }
  await ports.objects.deleteAllVersions(ports.exchangeBucket, exchangeKeys.withdrawal(record.id));
  return subjects;
}

/**
 * Reads who or what is withdrawn and counts what that would delete; deletes nothing but the list of numbers. A second run
 * counts again.
 * @throws SubjectsMissingError
 */
export async function prepareWithdrawal(
  ports: PrepareWithdrawalPorts,
  withdrawalId: string,
): Promise<{ withdrawalId: string; confirmed: boolean }> {
  const record = await ports.withdrawals.get(withdrawalId);
  if (record === null) throw new Error(`no withdrawal ${withdrawalId}`);
  const { confirmed } = record;
  // Confirmed and counted, or at its end: its subjects may be gone by now.
  if (record.state === 'done' || (confirmed && record.counts !== undefined))
    return { withdrawalId, confirmed };
  const subjects = await settleSubjects(ports, record);
  const { gathered } = await gatherHoldings(ports, subjects);
  const projects = await ports.projects.withGrantsFor(gathered.collections);
  const counts = { ...gathered.counts, projects: projects.length };
  if (confirmed) await ports.withdrawals.note(withdrawalId, { counts });
  else await ports.withdrawals.move(withdrawalId, ['preparing', 'stopped'], 'prepared', { counts });
  return { withdrawalId, confirmed };
}
