import type { Clock } from '../platform/clock';
import { withdrawalKeys } from '../platform/object-keys';
import { type ObjectPlace, type ObjectStore, readJson, writeJson } from '../platform/object-store';
import { type GatherPorts, gatherHoldings } from './gather-holdings';
import type { MarkStore, WithdrawnSubject } from './mark-store';
import type { WithdrawalStore } from './withdrawal-store';
import { gathered as gatheredSchema, type WithdrawalSubjects, withdrawalSubjects } from './work.contract';

/** Waits for submissions: from five seconds to five minutes, doubling. */
const firstWaitSeconds = 5;
const longestWaitSeconds = 300;

/**
 * Rounds of waiting: about a day. A submission keeps something only after its patients were cleared, and is done some
 * hours later; one that is not has stopped, and an operator runs it again first.
 */
const waitRounds = 300;

/** Raised where submissions that may keep something of it do not come to their end. */
export class SubmissionsUnderWayError extends Error {
  override readonly name = 'SubmissionsUnderWayError';
}

export interface BeginWithdrawalPorts extends Omit<GatherPorts, 'objects'> {
  readonly withdrawals: Pick<WithdrawalStore, 'get' | 'move' | 'note'>;
  readonly marks: Pick<MarkStore, 'mark' | 'markedBy'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'list'>;
  readonly workBucket: string;
  readonly clock: Clock;
}

export interface BeginOutput {
  readonly withdrawalId: string;
  readonly round: number;
  /** Submissions to wait for; while there are some, nothing has been deleted. */
  readonly underWay: number;
  readonly waitSeconds: number;
  readonly eraseList: ObjectPlace;
  readonly submissions: number;
  readonly imageSets: number;
}

/** Everybody and everything that a withdrawal marks. */
export function subjectsToMark(subjects: WithdrawalSubjects): WithdrawnSubject[] {
  switch (subjects.kind) {
    case 'patients':
      return subjects.patients.map((patientPseudonym) => ({ kind: 'patient', patientPseudonym }));
    case 'studies':
      return subjects.studies.map((studyInstanceUid) => ({
        kind: 'study',
        collection: subjects.collection,
        studyInstanceUid,
      }));
    case 'trust':
      return [{ kind: 'trust', trust: subjects.trust }];
  }
}

/**
 * Writes the marks, then finds all that stands. Whoever keeps something looks for marks after noting it in the index, so
 * what is not found here is never kept; but submissions that were noted must end first. The list of what goes is written
 * once: from then on the index is not needed any more.
 * @throws SubmissionsUnderWayError
 */
export async function beginWithdrawal(
  ports: BeginWithdrawalPorts,
  withdrawalId: string,
  round: number,
): Promise<BeginOutput> {
  const record = await ports.withdrawals.get(withdrawalId);
  if (record === null) throw new Error(`no withdrawal ${withdrawalId}`);
  const place = (key: string) => ({ bucket: ports.workBucket, key });
  const eraseList = place(withdrawalKeys.eraseList(withdrawalId));
  const output = { withdrawalId, round: round + 1, underWay: 0, waitSeconds: 0, eraseList };
  if (record.state === 'done') return { ...output, submissions: 0, imageSets: 0 };
  if (!record.confirmed) throw new Error(`withdrawal ${withdrawalId} was not confirmed`);
  await ports.withdrawals.move(withdrawalId, ['preparing', 'prepared', 'stopped'], 'withdrawing');

  const gatheredPlace = place(withdrawalKeys.gathered(withdrawalId));
  let gathered = await readJson(ports.objects, gatheredPlace, gatheredSchema);
  if (gathered === null) {
    const subjectsPlace = place(withdrawalKeys.subjects(withdrawalId));
    // The certificate stands already where the subjects are gone: End has only to be run again.
    const subjects = await readJson(ports.objects, subjectsPlace, withdrawalSubjects);
    if (subjects === null) {
      await requireCertificate(ports, withdrawalId);
      return { ...output, submissions: 0, imageSets: 0 };
    }
    const withdrawnAt = ports.clock.now().toISOString();
    await ports.marks.mark(subjectsToMark(subjects), { withdrawalId, withdrawnAt });
    const found = await gatherHoldings(ports, subjects);
    const underWay = [...found.underWay, ...(await deletingAlready(ports, subjects, withdrawalId))];
    if (underWay.length > 0) {
      if (round >= waitRounds)
        throw new SubmissionsUnderWayError(`${underWay.length} submissions, first ${underWay[0]}`);
      const waitSeconds = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(round, 10));
      return { ...output, underWay: underWay.length, waitSeconds, submissions: 0, imageSets: 0 };
    }
    gathered = found.gathered;
    const items = gathered.holdings.map(({ submissionId }) => ({ withdrawalId, submissionId }));
    await writeJson(ports.objects, eraseList, items);
    // Last: where it stands, the list stands too.
    await writeJson(ports.objects, gatheredPlace, gathered);
  }
  const { holdings, imageSets } = gathered;
  await ports.withdrawals.note(withdrawalId, {
    counts: { ...gathered.counts, projects: record.counts?.projects ?? 0 },
  });
  return { ...output, submissions: holdings.length, imageSets: imageSets.length };
}

/**
 * Other withdrawals of the same subjects whose list of what goes is fixed. They have taken some of it out of the index, and
 * its image sets may stand for days: a certificate before theirs would not be true. They wait for nobody any more.
 */
async function deletingAlready(
  ports: BeginWithdrawalPorts,
  subjects: WithdrawalSubjects,
  withdrawalId: string,
): Promise<string[]> {
  const deleting: string[] = [];
  for (const other of await ports.marks.markedBy(subjectsToMark(subjects))) {
    if (other === withdrawalId || (await ports.withdrawals.get(other))?.state === 'done') continue;
    const list = { bucket: ports.workBucket, key: withdrawalKeys.gathered(other) };
    if ((await ports.objects.readText(list)) !== null) deleting.push(other);
  }
  return deleting;
}

async function requireCertificate(ports: BeginWithdrawalPorts, withdrawalId: string): Promise<void> {
  const place = { bucket: ports.workBucket, key: withdrawalKeys.certificate(withdrawalId) };
  if ((await ports.objects.readText(place)) === null)
    throw new Error(`withdrawal ${withdrawalId} has neither subjects nor a certificate`);
}
