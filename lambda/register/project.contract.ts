import * as z from 'zod';
import { accessMode, collectionId } from '../platform/configuration.contract';
import { grant, MOST_GRANTS, revocationReason, revokedShape } from './grant.contract';
import {
  applicationId,
  instant,
  londonDate,
  projectId,
  pseudonym,
  subject,
  version,
} from './identifiers.contract';

/** An approved application becomes a project; its members read what its grants allow. */

export const projectStatus = z.enum(['active', 'revoked', 'ended']);

const common = {
  id: projectId,
  /** The application that was approved last: the first, or an amendment or renewal. */
  applicationId,
  title: z.string(),
  organisation: z.string(),
  laySummary: z.string(),
  aiUse: z.boolean(),
  collection: collectionId,
  accessMode,
  startsOn: londonDate,
  endsOn: londonDate,
  /** Subjects; the applicant first, unless their membership was revoked. */
  members: z.array(subject),
  /** All it ever had, oldest first; one at most is active. */
  grants: z.array(grant).min(1).max(MOST_GRANTS),
  approvedAt: instant,
  version,
};

export const project = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('active') }),
  z.object({ ...common, ...revokedShape }),
  z.object({ ...common, status: z.literal('ended'), endedAt: instant }),
]);

/** `PROJECT#<id>` / `PROJECT`. */
export const projectRecord = project.and(
  z.object({ pk: z.string().startsWith('PROJECT#'), sk: z.literal('PROJECT') }),
);

const membershipCommon = { subject, pseudonym, projectId, memberSince: instant, version };

/** That a person belongs, or belonged, to a project. */
export const membership = z.discriminatedUnion('status', [
  z.object({ ...membershipCommon, status: z.literal('active') }),
  /** The record stays, so that it can be told from a person who never was a member. */
  z.object({ ...membershipCommon, ...revokedShape }),
]);

/** `PERSON#<subject>` / `PROJECT#<id>`. */
export const membershipRecord = membership.and(
  z.object({ pk: z.string().startsWith('PERSON#'), sk: z.string().startsWith('PROJECT#') }),
);

/** Query of `GET /v1/projects`. */
export const projectsQuery = z.object({
  /** `all` gives reviewers, officers and auditors everything; for others it is `own`. */
  scope: z.enum(['own', 'all']).default('all'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  next: z.string().max(1000).optional(),
});

/**
 * A project as the API shows it. `status` is `ended` from the moment the last day is over, whatever is stored; of what
 * people were reminded stands with each grant.
 */
export const projectView = z.object({
  ...common,
  status: projectStatus,
  endedAt: instant.optional(),
  revokedAt: instant.optional(),
  reason: revocationReason.optional(),
  /** Whole days to the last day of access, 0 on that day; null where there is no access. */
  daysLeft: z.number().int().min(0).nullable(),
  /** Why nobody may read the collection for now; null: it is open. */
  accessShut: z.enum(['PLATFORM_CLOSED', 'COLLECTION_CLOSED']).nullable(),
  /** For the committee, who know people by pseudonym: those of the members, in their order. */
  memberPseudonyms: z.array(pseudonym).optional(),
});

/** Answer of `GET /v1/projects`; `next` is absent on the last page. */
export const projectsPage = z.object({ projects: z.array(projectView), next: z.string().optional() });

export type Project = z.infer<typeof project>;
export type ActiveProject = Extract<Project, { status: 'active' }>;
export type ProjectView = z.infer<typeof projectView>;
export type Membership = z.infer<typeof membership>;
export type ActiveMembership = Extract<Membership, { status: 'active' }>;
