import type { Clock } from '../platform/clock';
import type { RequestPerson } from '../platform/request-person';
import { ownSubmission } from './acting-trust';
import { checkManifest } from './manifest';
import type { ManifestStore } from './manifest-store';
import { manifestRefusal } from './put-manifest-page';
import type { SubmissionState } from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

/** Starts the state machine for a submission; an execution of that name that exists already is left as it is. */
export interface PipelineStarter {
  start(submissionId: string): Promise<void>;
}

export interface CompleteSubmissionPorts {
  readonly submissions: Pick<SubmissionStore, 'get' | 'complete' | 'started'>;
  readonly manifests: Pick<ManifestStore, 'readAll' | 'readArchives'>;
  readonly pipeline: PipelineStarter;
  readonly clock: Clock;
}

/**
 * Closes the manifest and starts the pipeline. Called again, it starts an execution that a crash kept from starting,
 * and is a no-op otherwise.
 * @throws PlatformError of submission-errors.ts
 */
export async function completeSubmission(
  ports: CompleteSubmissionPorts,
  person: RequestPerson,
  id: string,
): Promise<{ id: string; state: SubmissionState }> {
  const submission = await ownSubmission(ports.submissions, person, id);
  if (submission.state !== 'open' && submission.expired) throw refuseSubmission('SUBMISSION_EXPIRED');
  if (submission.state === 'done' || submission.state === 'stopped') return { id, state: submission.state };
  if (submission.state === 'open') {
    const problem = checkManifest(
      submission,
      await ports.manifests.readAll(id),
      await ports.manifests.readArchives(id),
    );
    if (problem !== null) throw manifestRefusal(problem);
    const completedAt = ports.clock.now();
    // False: another request was first, or it expired in between.
    if (!(await ports.submissions.complete(submission, completedAt)))
      return completeSubmission(ports, person, id);
    await ports.pipeline.start(id);
    await ports.submissions.started({ id, completedAt: completedAt.toISOString() });
    return { id, state: 'processing' };
  }
  await ports.pipeline.start(id);
  await ports.submissions.started(submission);
  return { id, state: 'processing' };
}
