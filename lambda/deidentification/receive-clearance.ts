import { type Clock, secondsAfter } from '../platform/clock';
import type { TaskAnswers } from '../platform/task-tokens';
import { type Clearance, clearanceHolds, clearOutput } from './clearance.contract';
import { type ClearanceRefusal, checkResponse, readSubjects } from './clearance-files';
import { clearanceHash } from './clearance-hash';
import type { ClearanceStore } from './clearance-store';

export interface ReceiveClearancePorts {
  readonly clearances: ClearanceStore;
  readonly tasks: TaskAnswers;
  readonly patientKey: () => Promise<Buffer>;
  readonly clock: Clock;
  /** Time for which an answer of the service may be used, from its arrival. */
  readonly answerSeconds: number;
}

export type ClearanceReceived =
  | { readonly accepted: true; readonly cleared: number; readonly resumed: boolean }
  | { readonly accepted: false; readonly code: ClearanceRefusal };

/** A clearance for `numbers`. */
export function makeClearance(
  submissionId: string,
  numbers: ReadonlySet<string>,
  patientKey: Buffer,
  { receivedAt, expiresAt }: { readonly receivedAt: Date; readonly expiresAt: Date },
): Clearance {
  return {
    submissionId,
    hashes: [...numbers].map((number) => clearanceHash(patientKey, number)).sort(),
    receivedAt: receivedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}

/**
 * Takes the opt-out service's answer for a submission: valid, it becomes the clearance and the execution goes on; an
 * answer that is malformed, names a number that was not asked, was not asked for, is late or older than its request or
 * than answers may be passes nobody, and the step goes on waiting for a right one. Taking it twice changes nothing.
 */
export async function receiveClearance(
  ports: ReceiveClearancePorts,
  submissionId: string,
): Promise<ClearanceReceived> {
  const wait = await ports.clearances.readWait(submissionId);
  const request = await ports.clearances.readRequest(submissionId);
  const response = await ports.clearances.readResponse(submissionId);
  if (wait === null || request === null || response === null)
    return { accepted: false, code: 'CLEARANCE_UNEXPECTED' };
  const now = ports.clock.now();
  const known = await ports.clearances.readClearance(submissionId);
  let clearance = known !== null && clearanceHolds(known, now) ? known : null;
  if (clearance === null) {
    if (now.getTime() >= new Date(wait.answerBy).getTime())
      return { accepted: false, code: 'CLEARANCE_LATE' };
    const expiresAt = secondsAfter(response.writtenAt, ports.answerSeconds);
    if (response.writtenAt.getTime() < request.writtenAt.getTime() || expiresAt.getTime() <= now.getTime())
      return { accepted: false, code: 'CLEARANCE_STALE' };
    const checked = checkResponse(response.text, readSubjects(request.text));
    if (!checked.valid) return { accepted: false, code: checked.code };
    clearance = await ports.clearances.writeClearance(
      makeClearance(submissionId, checked.numbers, await ports.patientKey(), { receivedAt: now, expiresAt }),
    );
  }
  const resumed = await ports.tasks.succeed(wait.taskToken, clearOutput);
  return { accepted: true, cleared: clearance.hashes.length, resumed };
}
