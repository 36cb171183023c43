import { type Clock, secondsAfter } from '../platform/clock';
import type { PipelineStarter } from './complete-submission';
import type { ManifestStore } from './manifest-store';
import type { SubmissionRecord } from './submission.contract';
import type { SubmissionStore } from './submission-store';

const secondsADay = 86_400;

/** A request that completes a submission ends within 29 seconds; after five minutes its start was lost to a crash. */
const startGraceSeconds = 300;

export interface ExpireSubmissionsPorts {
  readonly submissions: Pick<
    SubmissionStore,
    'get' | 'expire' | 'started' | 'openSince' | 'waitingForStartSince'
  >;
  readonly manifests: Pick<ManifestStore, 'dropUnwrittenPages'>;
  readonly pipeline: PipelineStarter;
  readonly clock: Clock;
  /** Days for which a submission may stay open. */
  readonly openDays: number;
}

export interface ExpiryOutcome {
  /** Submissions that ended because they were open for too long. */
  readonly expired: number;
  /** Completed ones whose start had been lost. */
  readonly started: number;
}

/** Raised after all others have been seen to, where some could not be. */
export class ExpiryIncompleteError extends Error {
  override readonly name = 'ExpiryIncompleteError';
}

type ClosedSubmission = Exclude<SubmissionRecord, { state: 'open' }>;

/** Starts the pipeline of a submission that takes no more pages; of an expired one with the pages that stand. */
async function startClosed(ports: ExpireSubmissionsPorts, submission: ClosedSubmission): Promise<void> {
  if (submission.expired) await ports.manifests.dropUnwrittenPages(submission.id);
  await ports.pipeline.start(submission.id);
  await ports.submissions.started(submission);
}

async function expireOne(ports: ExpireSubmissionsPorts, id: string): Promise<boolean> {
  const submission = await ports.submissions.get(id);
  if (submission?.state !== 'open') return false;
  // False: it was completed in between.
  if (!(await ports.submissions.expire(submission, ports.clock.now()))) return false;
  const expired = await ports.submissions.get(id);
  if (expired === null || expired.state === 'open') throw new Error(`submission ${id} did not expire`);
  await startClosed(ports, expired);
  return true;
}

/**
 * Ends submissions that have been open for too long: the manifest is closed as it stands, so that what came is accounted
 * and what did not is missing. Starts completed ones, too, whose start was lost to a crash. May run at any time, and twice
 * at once.
 * @throws ExpiryIncompleteError
 */
export async function expireSubmissions(ports: ExpireSubmissionsPorts): Promise<ExpiryOutcome> {
  const now = ports.clock.now();
  let expired = 0;
  let started = 0;
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  for await (const id of ports.submissions.openSince(secondsAfter(now, -ports.openDays * secondsADay)))
    await attempt(async () => {
      if (await expireOne(ports, id)) expired += 1;
    });
  for await (const id of ports.submissions.waitingForStartSince(secondsAfter(now, -startGraceSeconds)))
    await attempt(async () => {
      const submission = await ports.submissions.get(id);
      if (submission === null || submission.state === 'open') return;
      await startClosed(ports, submission);
      started += 1;
    });
  if (failures.length > 0)
    throw new ExpiryIncompleteError(`${failures.length} submissions could not be seen to`, {
      cause: failures[0],
    });
  return { expired, started };
}
