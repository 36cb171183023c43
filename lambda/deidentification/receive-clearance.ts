import { type Clock, secondsAfter } from '../platform/clock';
import type { TaskAnswers } from '../platform/task-tokens';
import type { Clearance } from './clearance.contract';
import { type ClearanceRefusal, checkResponse, readSubjects } from './clearance-files';
import { clearanceHash } from './clearance-hash';
import type { ClearanceStore } from './clearance-store';

/** The service's answers may be kept only briefly: a day covers the pipeline and its retries. */
const clearanceLifetimeSeconds = 86_400;

export interface ReceiveClearancePorts {
  readonly clearances: ClearanceStore;
  readonly tasks: TaskAnswers;
  readonly patientKey: () => Promise<Buffer>;
  readonly clock: Clock;
}

export type ClearanceReceived =
  | { readonly accepted: true; readonly cleared: number; readonly resumed: boolean }
  | { readonly accepted: false; readonly code: ClearanceRefusal };

/** A clearance for `numbers`, received now. */
export function makeClearance(
  submissionId: string,
  numbers: ReadonlySet<string>,
  patientKey: Buffer,
  now: Date,
): Clearance {
  return {
    submissionId,
    hashes: [...numbers].map((number) => clearanceHash(patientKey, number)).sort(),
    receivedAt: now.toISOString(),
    expiresAt: secondsAfter(now, clearanceLifetimeSeconds).toISOString(),
  };
}

/**
 * Takes the opt-out service's answer for a submission: valid, it becomes the clearance and the execution goes on; an
 * answer that is malformed, names a number that was not asked, was not asked for or is late passes nobody. Taking it
 * twice changes nothing.
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
  let clearance = await ports.clearances.readClearance(submissionId);
  if (clearance === null) {
    const now = ports.clock.now();
    if (now.getTime() >= new Date(wait.answerBy).getTime())
      return { accepted: false, code: 'CLEARANCE_LATE' };
    const checked = checkResponse(response, readSubjects(request));
    if (!checked.valid) return { accepted: false, code: checked.code };
    clearance = await ports.clearances.writeClearance(
      makeClearance(submissionId, checked.numbers, await ports.patientKey(), now),
    );
  }
  const cleared = clearance.hashes.length;
  const resumed = await ports.tasks.succeed(wait.taskToken, { cleared });
  return { accepted: true, cleared, resumed };
}
