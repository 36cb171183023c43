import { canonicalDigest } from '../platform/canonical-json';
import type { Shortcoming } from './application.contract';
import {
  type Assessment,
  type AssessmentDecision,
  type AssessmentDraft,
  impactAssessment,
} from './impact-assessment.contract';
import { refuseRegister } from './register-refusals';
import { plainShortcomings } from './shortcomings';

type InProgress = Extract<Assessment, { state: 'in-progress' }>;
type Submitted = Extract<Assessment, { state: 'submitted' }>;

function refuseState(assessment: Assessment | null): never {
  throw refuseRegister('ASSESSMENT_NOT_OPEN', {
    detail: `The assessment is ${assessment?.state ?? 'not-started'}.`,
  });
}

/**
 * The assessment with new answers; unfinished ones save. It begins with the first.
 * @throws PlatformError ASSESSMENT_NOT_OPEN once it is submitted or accepted
 */
export function changeAssessment(
  before: Assessment | null,
  applicationId: string,
  content: AssessmentDraft,
  now: Date,
): InProgress {
  if (before !== null && before.state !== 'in-progress' && before.state !== 'returned') refuseState(before);
  return {
    applicationId,
    state: 'in-progress',
    content,
    changedAt: now.toISOString(),
    version: (before?.version ?? 0) + 1,
  };
}

/** What is missing of an assessment, each with the path of its field. */
export function assessmentShortcomings(content: AssessmentDraft): Shortcoming[] {
  return plainShortcomings(impactAssessment.complete, content);
}

/**
 * Gives the assessment to the committee.
 * @throws PlatformError ASSESSMENT_NOT_OPEN, ASSESSMENT_INCOMPLETE (with `errors`)
 */
export function submitAssessment(before: Assessment | null, now: Date): Submitted {
  if (before === null || (before.state !== 'in-progress' && before.state !== 'returned'))
    return refuseState(before);
  const errors = assessmentShortcomings(before.content);
  if (errors.length > 0)
    throw refuseRegister('ASSESSMENT_INCOMPLETE', {
      detail: errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      extensions: { errors },
    });
  const content = impactAssessment.complete.parse(before.content);
  const at = now.toISOString();
  return {
    applicationId: before.applicationId,
    state: 'submitted',
    content,
    contentDigest: canonicalDigest(content),
    submittedAt: at,
    changedAt: at,
    version: before.version + 1,
  };
}

/**
 * A reviewer accepts the assessment of what the application now says, or returns it with a question. An accepted one may
 * be returned too, and accepted again once the application says something else.
 *
 * @param applicationDigest digest of the application's content
 * @throws PlatformError ASSESSMENT_NOT_OPEN
 */
export function judgeAssessment(
  before: Assessment | null,
  reviewer: { pseudonym: string },
  applicationDigest: string,
  request: AssessmentDecision,
  now: Date,
): Assessment {
  if (before === null) return refuseState(before);
  const at = now.toISOString();
  const next = { applicationId: before.applicationId, changedAt: at, version: before.version + 1 };
  if (request.decision === 'accept') {
    const outdated = before.state === 'accepted' && before.applicationDigest !== applicationDigest;
    if (before.state !== 'submitted' && !outdated) return refuseState(before);
    const { content, contentDigest, submittedAt } = before;
    return {
      ...next,
      state: 'accepted',
      content,
      contentDigest,
      submittedAt,
      acceptedAt: at,
      acceptedBy: reviewer.pseudonym,
      applicationDigest,
    };
  }
  if (before.state !== 'submitted' && before.state !== 'accepted') return refuseState(before);
  return { ...next, state: 'returned', content: before.content, returnedAt: at, comment: request.comment };
}
