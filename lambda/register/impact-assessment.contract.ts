import * as z from 'zod';
import { listOf, oneOf, section, text, yesOrNo } from './draftable.contract';
import { applicationId, instant, pseudonym, sha256, version } from './identifiers.contract';

/**
 * Algorithmic impact assessment (after the Ada Lovelace Institute's for this platform, 2022): what an AI model might do to
 * people, thought through before it is made. A record of its own with its own states: not-started → in-progress →
 * submitted → accepted | returned; returned → in-progress. Where a model is used, no application is approved before a
 * reviewer has accepted it.
 */

const degrees = ['low', 'medium', 'high'] as const;

export const impactAssessment = section({
  intendedUse: text(10, 2_000),
  intendedUsers: text(3, 1_000),
  /** How far the model goes towards a decision about a patient. */
  influence: oneOf(['none', 'informs-a-clinician', 'sorts-work', 'decides-by-itself']),
  /** Who is affected, and who might be left out. */
  affectedGroups: text(10, 2_000),
  benefits: text(10, 2_000),
  harms: listOf(
    {
      harm: text(5, 1_000),
      likelihood: oneOf(degrees),
      severity: oneOf(degrees),
      mitigation: text(5, 1_000),
    },
    1,
    20,
  ),
  /** Whose images are few, and what that does to the model. */
  dataLimitations: text(10, 2_000),
  /** How performance is measured for groups of patients. */
  biasTesting: text(10, 2_000),
  humanOversight: text(10, 2_000),
  /** Whose views were heard: patients, the public, clinicians. */
  participation: text(10, 2_000),
  /** Whether the assessment may be published. */
  publication: yesOrNo(),
});

const common = { applicationId, changedAt: instant, version };
const complete = { content: impactAssessment.complete, submittedAt: instant, contentDigest: sha256 };

export const assessment = z.discriminatedUnion('state', [
  z.object({ ...common, state: z.literal('in-progress'), content: impactAssessment.draft }),
  z.object({ ...common, ...complete, state: z.literal('submitted') }),
  z.object({
    ...common,
    ...complete,
    state: z.literal('accepted'),
    acceptedAt: instant,
    acceptedBy: pseudonym,
    /** Digest of the application's content then: of another content it says nothing. */
    applicationDigest: sha256,
  }),
  z.object({
    ...common,
    state: z.literal('returned'),
    content: impactAssessment.draft,
    returnedAt: instant,
    comment: z.string(),
  }),
]);

/** `APPLICATION#<id>` / `ASSESSMENT`. Absent: not started. */
export const assessmentRecord = assessment.and(
  z.object({ pk: z.string().startsWith('APPLICATION#'), sk: z.literal('ASSESSMENT') }),
);

export const assessmentState = z.enum(['not-started', 'in-progress', 'submitted', 'accepted', 'returned']);

/** Body of `POST /v1/applications/{id}/assessment/decisions`. A return says why. */
export const assessmentDecision = z
  .strictObject({ decision: z.enum(['accept', 'return']), comment: z.string().trim().max(5_000).default('') })
  .refine((request) => request.decision === 'accept' || request.comment.length > 0, {
    path: ['comment'],
    message: 'say why: the applicant reads it',
  });

/** An assessment as the API shows it; `version` 0 and no content where it is not started. */
export const assessmentView = z.object({
  applicationId,
  state: assessmentState,
  /** Whether the application cannot be approved without. */
  needed: z.boolean(),
  content: impactAssessment.draft.optional(),
  submittedAt: instant.optional(),
  acceptedAt: instant.optional(),
  returnedAt: instant.optional(),
  comment: z.string().optional(),
  version: z.number().int().min(0),
});

export type Assessment = z.infer<typeof assessment>;
export type AssessmentDraft = z.infer<typeof impactAssessment.draft>;
export type AssessmentDecision = z.infer<typeof assessmentDecision>;
export type AssessmentView = z.infer<typeof assessmentView>;
