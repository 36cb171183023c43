import { pseudonymOfNumber } from '../../dicom/deidentify/pseudonyms';
import type { NhsNumber } from '../../dicom/nhs-number';
import { type Clock, secondsAfter } from '../platform/clock';
import type { TaskAnswers } from '../platform/task-tokens';
import type { MarkStore } from '../withdrawal/mark-store';
import { clearanceHolds, clearOutput } from './clearance.contract';
import { readSubjects, writeRequest } from './clearance-files';
import type { ClearanceStore } from './clearance-store';
import { makeClearance, receiveClearance } from './receive-clearance';

/**
 * Answers are taken until a tenth of the limit, at most five minutes, before the state machine goes on without one: an
 * answer must not appear while files are being withheld for want of it.
 */
export function answerTimeSeconds(limitSeconds: number): number {
  return limitSeconds - Math.min(300, Math.ceil(limitSeconds / 10));
}

export interface ClearSubjectsPorts {
  readonly clearances: ClearanceStore;
  readonly tasks: TaskAnswers;
  /** The NHS numbers in the headers of the submission's files, for submissions that came without numbers. */
  readonly scanHeaders: (submissionId: string) => Promise<ReadonlySet<NhsNumber>>;
  readonly patientKey: () => Promise<Buffer>;
  readonly marks: Pick<MarkStore, 'withdrawnPatients'>;
  readonly clock: Clock;
  /** Time that the state machine waits for an answer. */
  readonly limitSeconds: number;
  /** Time for which an answer of the service may be used. */
  readonly answerSeconds: number;
}

export type ClearSubjectsOutcome =
  | { readonly state: 'known' | 'nothing-to-ask' | 'answered' }
  | { readonly state: 'asked'; readonly numbers: number };

/** Nobody asks about a withdrawn patient: who is not asked about is not cleared. */
async function withoutWithdrawn(
  ports: ClearSubjectsPorts,
  numbers: ReadonlySet<NhsNumber>,
): Promise<ReadonlySet<NhsNumber>> {
  if (numbers.size === 0) return numbers;
  const patient = await ports.patientKey();
  const pseudonyms = new Map([...numbers].map((number) => [number, pseudonymOfNumber({ patient }, number)]));
  const withdrawn = await ports.marks.withdrawnPatients([...pseudonyms.values()]);
  return new Set([...numbers].filter((number) => !withdrawn.has(pseudonyms.get(number) ?? '')));
}

/**
 * Asks the opt-out service about the patients of a submission and leaves the step waiting by its task token. Answers
 * the token at once where the answer is there already or nobody has an NHS number. A clearance that has expired since,
 * because the submission had stopped, is asked for again.
 */
export async function clearSubjects(
  ports: ClearSubjectsPorts,
  submissionId: string,
  taskToken: string,
): Promise<ClearSubjectsOutcome> {
  const now = ports.clock.now();
  const known = await ports.clearances.readClearance(submissionId);
  if (known !== null && clearanceHolds(known, now)) {
    await ports.tasks.succeed(taskToken, clearOutput);
    return { state: 'known' };
  }
  const sent = await ports.clearances.readSubjects(submissionId);
  const named = sent === null ? await ports.scanHeaders(submissionId) : readSubjects(sent);
  const numbers = await withoutWithdrawn(ports, named);
  if (numbers.size === 0) {
    await ports.clearances.writeClearance(
      makeClearance(submissionId, new Set(), await ports.patientKey(), {
        receivedAt: now,
        expiresAt: secondsAfter(now, ports.answerSeconds),
      }),
    );
    await ports.tasks.succeed(taskToken, clearOutput);
    return { state: 'nothing-to-ask' };
  }
  // The token first: the answer may come before this function ends.
  await ports.clearances.writeWait(submissionId, {
    taskToken,
    requestedAt: now.toISOString(),
    answerBy: secondsAfter(now, answerTimeSeconds(ports.limitSeconds)).toISOString(),
  });
  const asked = await ports.clearances.readRequest(submissionId);
  if (asked === null || (known !== null && asked.writtenAt.getTime() <= new Date(known.expiresAt).getTime()))
    await ports.clearances.writeRequest(submissionId, writeRequest(numbers));
  if ((await ports.clearances.readResponse(submissionId)) !== null) {
    const received = await receiveClearance(ports, submissionId);
    if (received.accepted) return { state: 'answered' };
  }
  return { state: 'asked', numbers: numbers.size };
}
