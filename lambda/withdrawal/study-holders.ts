import type { SubmissionStore } from '../submission/submission-store';
import { isUnderWay } from './gather-holdings';
import type { HoldingIndex } from './holding-index';

export interface StudyHolderPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly index: Pick<HoldingIndex, 'holdersOfStudy'>;
}

/**
 * Whether a submission that is under way speaks of a study, other than `own`: it may have settled by the study's claim, and
 * be importing.
 */
export async function isBeingSent(
  { submissions, index }: StudyHolderPorts,
  collection: string,
  studyInstanceUid: string,
  own: string | null,
): Promise<boolean> {
  for (const { submissionId } of await index.holdersOfStudy(collection, studyInstanceUid)) {
    if (submissionId === own) continue;
    const submission = await submissions.get(submissionId);
    if (submission !== null && isUnderWay(submission)) return true;
  }
  return false;
}
