import * as z from 'zod';
import { duoCode } from '../platform/configuration.contract';
import { applicationContent, applicationDraft } from './application-content.contract';
import { conditions } from './condition.contract';
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

/**
 * A researcher's request for access: draft → submitted → returned | approved | rejected; returned → submitted; closed by
 * the applicant before a decision. `revoked` is said of an approved one whose project was revoked, and stored nowhere.
 */

/** A first application, or a further version of an approved one (docs/adr/0034). */
export const applicationKind = z.enum(['new', 'amendment', 'renewal']);

/** Versions of one project's application, those that came to nothing included. */
export const MOST_EDITIONS = 999;

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
  kind: applicationKind,
  /** 1 of a new application; amendments and renewals of its project count on. */
  edition: z.number().int().min(1).max(MOST_EDITIONS),
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
    submittedAt: instant,
    returnedAt: instant,
    /** What the reviewer asks for. */
    comment: z.string(),
  }),
  z.object({
    ...common,
    ...submission,
    state: z.literal('approved'),
    decisions,
    conditions,
    decidedAt: instant,
    grantId,
    /** Days of the grant, which may differ from those asked for. */
    startsOn: londonDate,
    endsOn: londonDate,
  }),
  z.object({ ...common, ...submission, state: z.literal('rejected'), decisions, decidedAt: instant }),
  /** The applicant no longer asks. */
  z.object({
    ...common,
    state: z.literal('closed'),
    content: applicationDraft,
    submittedAt: instant.optional(),
    closedAt: instant,
  }),
]);

export const applicationState = z.enum(['draft', 'submitted', 'returned', 'approved', 'rejected', 'closed']);

/** As shown: `revoked` is an approved application whose project was revoked. */
export const shownState = z.enum([...applicationState.options, 'revoked']);

/** `APPLICATION#<id>` / `APPLICATION`. */
export const applicationRecord = application.and(
  z.object({ pk: z.string().startsWith('APPLICATION#'), sk: z.literal('APPLICATION') }),
);

/** `PROJECT#<id>` / `EDITION#<nnn>`: which application is which version; one at most is open. */
export const editionRecord = z.object({
  pk: z.string().startsWith('PROJECT#'),
  sk: z.string().regex(/^EDITION#\d{3}$/),
  applicationId,
});

/** `APPLICATIONS` / `APPLICATION#<id>`: pointer to one that was submitted at least once, with what a queue needs. */
export const listedApplication = z.object({
  pk: z.literal('APPLICATIONS'),
  sk: z.string().startsWith('APPLICATION#'),
  state: applicationState,
  /** Of the last round. */
  submittedAt: instant,
});

/** Query of `GET /v1/applications`. */
export const applicationsQuery = z.object({
  /** `all` gives reviewers, officers and auditors everything; for others it is `own`. */
  scope: z.enum(['own', 'all']).default('all'),
  /** Only applications in this state. */
  state: applicationState.optional(),
  /** `age`: the longest wait first, of what was submitted; else the newest first. */
  order: z.enum(['newest', 'age']).default('newest'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  next: z.string().max(1000).optional(),
});

const stage = {
  /** Working days (England) since the submission, to the decision or until today. */
  ageWorkingDays: z.number().int().optional(),
  /** What the committee means to keep to. */
  targetWorkingDays: z.number().int().optional(),
  overdue: z.boolean().optional(),
};

const shown = {
  id: applicationId,
  projectId,
  kind: applicationKind,
  edition: z.number().int(),
  state: shownState,
  applicant: subject,
  round: z.number().int(),
  createdAt: instant,
  changedAt: instant,
  submittedAt: instant.optional(),
  decidedAt: instant.optional(),
  returnedAt: instant.optional(),
  closedAt: instant.optional(),
  ...stage,
  duoMatch: duoMatch.optional(),
  version,
};

/** An application as the API shows it. Reviewers appear by pseudonym, and to reviewers, officers and auditors only. */
export const applicationView = z.object({
  ...shown,
  content: applicationDraft,
  comment: z.string().optional(),
  decisions: decisions.optional(),
  /** What the first approval of the round proposes; the second must carry the same. For the committee. */
  proposedConditions: conditions.optional(),
  conditions: conditions.optional(),
  grantId: grantId.optional(),
  startsOn: londonDate.optional(),
  endsOn: londonDate.optional(),
});

/** An application in a list: its longer texts and its list of studies are left out. */
export const applicationSummary = z.object({
  ...shown,
  content: applicationDraft
    .pick({ title: true, organisation: true, collection: true, accessMode: true, requestedEndsOn: true })
    .extend({ aiUse: z.boolean().optional(), scope: z.object({ kind: z.enum(['collection', 'studies']) }) }),
});

/** Answer of `GET /v1/applications`; `next` is absent on the last page. */
export const applicationsPage = z.object({
  applications: z.array(applicationSummary),
  next: z.string().optional(),
});

/** Answer of `GET /v1/applications/{id}/shortcomings`: what stands between it and submission. */
export const shortcomings = z.object({
  shortcomings: z.array(z.object({ path: z.string(), message: z.string() })),
});

export type Application = z.infer<typeof application>;
export type ApplicationKind = z.infer<typeof applicationKind>;
export type ApplicationState = z.infer<typeof applicationState>;
export type SubmittedApplication = Extract<Application, { state: 'submitted' }>;
export type ApprovedApplication = Extract<Application, { state: 'approved' }>;
export type ApplicationView = z.infer<typeof applicationView>;
export type ApplicationSummary = z.infer<typeof applicationSummary>;
export type DuoMatch = z.infer<typeof duoMatch>;
export type Shortcoming = z.infer<typeof shortcomings>['shortcomings'][number];
