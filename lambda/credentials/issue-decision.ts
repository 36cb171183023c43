import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { CollectionRoleOf } from '../platform/name-templates.contract';
import type { Closures } from '../register/closure.contract';
import { isShut } from '../register/closures';
import type { ActiveGrant, Grant } from '../register/grant.contract';
import { endOfLondonDay } from '../register/london-day';
import type { Membership, Project } from '../register/project.contract';
import type { CredentialsRefusalCode } from './credentials-refusals.contract';
import {
  DELIVERY_SECONDS,
  LONGEST_SESSION_SECONDS,
  SHORTEST_SESSION_SECONDS,
} from './session-times.contract';
import { developmentPrefix } from './study-scope.contract';

/** A credential for listed studies lives as short as STS allows. */
const LISTED_STUDIES_SECONDS = SHORTEST_SESSION_SECONDS;

/**
 * Functions' clocks differ by milliseconds. An event is never earlier than the one before it, so a little difference does
 * no harm; where it is more than this, one of the clocks is wrong and no credential is cut by either.
 */
const MOST_CLOCK_DIFFERENCE_SECONDS = 60;

/** What the register and the configuration say at the moment of a request. */
export interface IssueFacts {
  /** Time of the issue: now, or that of the last event of the project where that is later. */
  readonly now: Date;
  /** What the function's clock says. */
  readonly clock: Date;
  readonly membership: Membership | null;
  readonly project: Project;
  readonly closures: Closures;
  /** Studies of the active grant where it lists some, else null. */
  readonly listed: ReadonlySet<string> | null;
  /** Which of the studies asked for are withdrawn. */
  readonly withdrawn: ReadonlySet<string>;
  readonly collections: readonly CollectionConfiguration[];
  readonly roleOf: CollectionRoleOf;
  readonly uidRoot: string;
  readonly studies: readonly string[] | null;
}

export type IssueDecision =
  | {
      readonly outcome: 'issue';
      readonly grant: ActiveGrant;
      readonly roleArn: string;
      readonly durationSeconds: number;
      /** No session of this issue lives longer. */
      readonly expiresAt: Date;
    }
  | { readonly outcome: 'refuse'; readonly code: CredentialsRefusalCode; readonly grantId: string | null };

/** Instant at which a grant ends: with its own last day or with the legal basis as configured now. */
export function endOfGrant(grant: Grant, collection: CollectionConfiguration): Date {
  const own = Date.parse(grant.endsAt);
  return new Date(Math.min(own, endOfLondonDay(collection.legalBasis.endsOn).getTime()));
}

/** Whether a grant is active, its first day come and its last day not over. */
export function isRunning(grant: Grant, now: Date): grant is ActiveGrant {
  return (
    grant.status === 'active' && grant.startsOn <= londonDay(now) && now.getTime() <= Date.parse(grant.endsAt)
  );
}

/** The grant of a project that holds now; there is one at most, since an amendment's takes the place of the one before. */
export function activeGrant(project: Project, now: Date): ActiveGrant | null {
  return project.grants.find((grant) => isRunning(grant, now)) ?? null;
}

/** Decides on a request for a credential: of which grant, for how long, or why not. */
export function decideIssue(facts: IssueFacts): IssueDecision {
  const { now, membership, project, studies } = facts;
  const refuse = (code: CredentialsRefusalCode, grantId: string | null = null): IssueDecision => ({
    outcome: 'refuse',
    code,
    grantId,
  });
  if (membership === null) return refuse('NOT_A_MEMBER');
  if (membership.status === 'revoked') return refuse('MEMBERSHIP_REVOKED');
  if (project.status !== 'active') return refuse('PROJECT_NOT_ACTIVE');
  if (now.getTime() - facts.clock.getTime() > MOST_CLOCK_DIFFERENCE_SECONDS * 1000)
    return refuse('CLOCKS_DIFFER');

  const grant = activeGrant(project, now);
  if (grant === null) return refuse('NO_ACTIVE_GRANT');
  const shut = isShut(facts.closures, grant.collection);
  if (shut !== null) return refuse(shut, grant.id);
  if (grant.scope.kind === 'studies' && studies === null) return refuse('STUDIES_NOT_LISTED', grant.id);
  const prefix = developmentPrefix(facts.uidRoot, grant.arc);
  const within = (study: string) =>
    study.startsWith(prefix) && (grant.scope.kind === 'collection' || facts.listed?.has(study) === true);
  if (studies?.every(within) === false) return refuse('STUDY_OUTSIDE_GRANT', grant.id);
  if (studies?.some((study) => facts.withdrawn.has(study)) === true)
    return refuse('STUDY_WITHDRAWN', grant.id);

  const collection = facts.collections.find((each) => each.id === grant.collection);
  // A collection's arc is part of every UID and never changes; if it seems to have, the configuration is wrong.
  if (
    collection === undefined ||
    collection.arc !== grant.arc ||
    !collection.accessModes.includes(grant.accessMode)
  ) {
    return refuse('ROLE_NOT_CONFIGURED', grant.id);
  }
  const ends = endOfGrant(grant, collection);
  if (ends < now) return refuse('LEGAL_BASIS_ENDED', grant.id);
  const left = Math.floor((ends.getTime() - now.getTime()) / 1000) - DELIVERY_SECONDS;
  if (left < SHORTEST_SESSION_SECONDS) return refuse('GRANT_ENDS_TOO_SOON', grant.id);
  const durationSeconds = Math.min(left, studies ? LISTED_STUDIES_SECONDS : LONGEST_SESSION_SECONDS);
  return {
    outcome: 'issue',
    grant,
    roleArn: facts.roleOf(grant.arc, grant.accessMode),
    durationSeconds,
    expiresAt: new Date(now.getTime() + (durationSeconds + DELIVERY_SECONDS) * 1000),
  };
}
