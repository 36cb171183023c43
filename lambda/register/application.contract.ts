import * as z from 'zod';
import { accessMode, collectionId, duoCode } from '../platform/configuration.contract';
import { countedDecision } from './decision.contract';
import {
  applicationId,
  grantId,
  instant,
  londonDate,
  projectId,
  pseudonym,
  subject,
  version,
} from './identifiers.contract';
import { organisationName } from './person.contract';

/** A researcher's request for access: draft → submitted → returned | approved | rejected; returned → submitted. */

/** The applicant is always a member and need not be named; with 20 others an approval fits one transaction. */
export const MOST_MEMBERS = 20;

const members = z
  .array(subject)
  .max(MOST_MEMBERS)
  .refine((subjects) => new Set(subjects).size === subjects.length, 'each member once');

/** What must be there before an application can be submitted. */
export const applicationContent = z.strictObject({
  title: z.string().trim().min(3).max(200),
  organisation: organisationName,
  collection: collectionId,
  /** What will be done with the images, for the committee. */
  purpose: z.string().trim().min(10).max(10_000),
  /** The same for the public, in plain words; it goes to the data use register. */
  laySummary: z.string().trim().min(10).max(5_000),
  /** DUO terms of the intended use: purposes (DUO:0000031–DUO:0000040), permissions, and conditions accepted. */
  duoCodes: z.array(duoCode).min(1).max(30),
  members,
  accessMode,
  /** Last day of access, Europe/London. */
  requestedEndsOn: londonDate,
  /** Whether an AI model is trained, tested or run on the images; the public register labels it. */
  aiUse: z.boolean(),
});

/**
 * Body of `POST /v1/applications` and `PUT /v1/applications/{id}`. Anything may be missing or unfinished: drafts
 * always save. Only lengths and the members' form are held here, since members become keys.
 */
export const applicationDraft = z.strictObject({
  title: z.string().max(200).optional(),
  organisation: z.string().max(200).optional(),
  collection: z.string().max(40).optional(),
  purpose: z.string().max(10_000).optional(),
  laySummary: z.string().max(5_000).optional(),
  duoCodes: z.array(z.string().max(20)).max(30).default([]),
  members: members.default([]),
  accessMode: accessMode.default('dae-only'),
  requestedEndsOn: z.string().max(10).optional(),
  aiUse: z.boolean().optional(),
});

/** Whether the intended use fits the collection's DUO codes; a human being decides in every case. */
export const duoMatch = z.object({
  match: z.enum(['true', 'false', 'needs-validation']),
  /** One finding for each code of the collection, in its order, then one for each code nobody knows. */
  findings: z.array(
    z.object({ code: duoCode, match: z.enum(['true', 'false', 'needs-validation']), text: z.string() }),
  ),
});

const common = {
  id: applicationId,
  /** Reserved when the draft is made, so that one chain of events tells the whole story. */
  projectId,
  applicant: subject,
  applicantPseudonym: pseudonym,
  /** As the register knew them when the application was last submitted (at first: made). */
  applicantOrganisation: organisationName.optional(),
  /** Counts submissions; decisions of an earlier round do not count. 0 before the first. */
  round: z.number().int().min(0),
  createdAt: instant,
  changedAt: instant,
  version,
};

const submission = { content: applicationContent, submittedAt: instant, duoMatch };
const decisions = z.array(countedDecision);

export const application = z.discriminatedUnion('state', [
  z.object({ ...common, state: z.literal('draft'), content: applicationDraft }),
  z.object({ ...common, ...submission, state: z.literal('submitted'), decisions }),
  z.object({
    ...common,
    state: z.literal('returned'),
    content: applicationDraft,
    returnedAt: instant,
    /** What the reviewer asks for. */
    comment: z.string(),
  }),
  z.object({
    ...common,
    ...submission,
    state: z.literal('approved'),
    decisions,
    decidedAt: instant,
    grantId,
  }),
  z.object({ ...common, ...submission, state: z.literal('rejected'), decisions, decidedAt: instant }),
]);

export const applicationState = z.enum(['draft', 'submitted', 'returned', 'approved', 'rejected']);

/** `APPLICATION#<id>` / `APPLICATION`. */
export const applicationRecord = application.and(
  z.object({ pk: z.string().startsWith('APPLICATION#'), sk: z.literal('APPLICATION') }),
);

/** Query of `GET /v1/applications`. */
export const applicationsQuery = z.object({
  /** `all` gives reviewers, officers and auditors everything; for others it is `own`. */
  scope: z.enum(['own', 'all']).default('all'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  next: z.string().max(1000).optional(),
});

/** An application as the API shows it. Reviewers appear by pseudonym, and to reviewers, officers and auditors only. */
export const applicationView = z.object({
  id: applicationId,
  projectId,
  state: applicationState,
  applicant: subject,
  content: applicationDraft,
  round: z.number().int(),
  createdAt: instant,
  changedAt: instant,
  submittedAt: instant.optional(),
  decidedAt: instant.optional(),
  returnedAt: instant.optional(),
  comment: z.string().optional(),
  duoMatch: duoMatch.optional(),
  decisions: decisions.optional(),
  grantId: grantId.optional(),
  version,
});

/** Answer of `GET /v1/applications`; `next` is absent on the last page. */
export const applicationsPage = z.object({
  applications: z.array(applicationView),
  next: z.string().optional(),
});

export type ApplicationContent = z.infer<typeof applicationContent>;
export type ApplicationDraft = z.infer<typeof applicationDraft>;
export type Application = z.infer<typeof application>;
export type SubmittedApplication = Extract<Application, { state: 'submitted' }>;
export type ApprovedApplication = Extract<Application, { state: 'approved' }>;
export type ApplicationView = z.infer<typeof applicationView>;
export type DuoMatch = z.infer<typeof duoMatch>;
