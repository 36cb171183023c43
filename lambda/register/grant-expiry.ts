import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { TransactionWrite } from '../platform/document-table';
import type { Closures } from './closure.contract';
import type { Fact } from './event.contract';
import type { ActiveGrant, Grant, ReminderStep } from './grant.contract';
import { daysBefore, daysBetween, lastDayOf } from './grant-time';
import type { ActiveProject, Project } from './project.contract';
import { grantRevocationWrites } from './revocations';

/** Days before the last day of access on which people are reminded, the latest first. */
export const REMINDER_STEPS: readonly ReminderStep[] = [1, 7, 30];

/** What the end of a grant depends on. */
export interface ExpiryFacts {
  readonly now: Date;
  readonly collections: readonly CollectionConfiguration[];
  readonly closures: Closures;
}

/** What people are told. */
export interface Reminder {
  readonly projectId: string;
  readonly grantId: string;
  readonly step: ReminderStep;
  readonly daysLeft: number;
  readonly lastDay: string;
}

/** What time does to a project: its next version, and what the history tells of it. */
export interface ExpiryChange {
  readonly project: Project;
  readonly facts: readonly [Fact, ...Fact[]];
  readonly reminder: Reminder | null;
  /** Of grants that ended before the day to which their sessions were cut: what denies these. */
  readonly denials: readonly TransactionWrite[];
  /** Whether it rests on closures, which must still stand when it is written. */
  readonly restsOnClosures: boolean;
}

type Ending =
  | { readonly outcome: 'ended'; readonly because: 'last-day-over' | 'legal-basis-ended' }
  | { readonly outcome: 'revoked' };

/**
 * Why a grant is over, or null. Of closures only those count that are for good: a collection whose legal basis ended before
 * its day. Others may be opened again, and the grant stays.
 */
function endingOf(grant: ActiveGrant, { now, collections, closures }: ExpiryFacts): Ending | null {
  const today = londonDay(now);
  if (grant.endsOn < today) return { outcome: 'ended', because: 'last-day-over' };
  if (lastDayOf(grant, collections) < today) return { outcome: 'ended', because: 'legal-basis-ended' };
  const closed = closures.collections.some(
    ({ collection, reason }) => collection === grant.collection && reason === 'legal-basis-ended',
  );
  return closed ? { outcome: 'revoked' } : null;
}

/**
 * The reminder that is due for a grant, or null: the latest whose day has come, so that a week without a run is made good
 * by one message. A day before the grant's first is not waited for, and no step is repeated.
 */
export function reminderDue(
  grant: ActiveGrant,
  { now, collections }: Pick<ExpiryFacts, 'now' | 'collections'>,
): Reminder | null {
  const today = londonDay(now);
  const lastDay = lastDayOf(grant, collections);
  if (lastDay < today) return null;
  const step = REMINDER_STEPS.find((each) => {
    const day = daysBefore(lastDay, each);
    return day <= today && day >= grant.startsOn;
  });
  if (step === undefined) return null;
  if (grant.reminders?.some(({ daysBefore: told }) => told <= step)) return null;
  const { projectId, id: grantId } = grant;
  return { projectId, grantId, step, daysLeft: daysBetween(today, lastDay), lastDay };
}

interface Ended {
  readonly grant: Grant;
  readonly fact: Fact;
  readonly denial: readonly TransactionWrite[];
}

function end(project: ActiveProject, grant: ActiveGrant, ending: Ending, now: Date): Ended {
  const at = now.toISOString();
  const { projectId, id: grantId } = grant;
  if (ending.outcome === 'revoked') {
    // the closure itself has denied the sessions
    return {
      grant: {
        ...grant,
        status: 'revoked',
        revokedAt: at,
        revokedBy: 'schedule',
        reason: 'legal-basis-ended',
      },
      fact: {
        type: 'grant-ended',
        data: { projectId, grantId, because: 'collection-closed', revocationId: null },
      },
      denial: [],
    };
  }
  const { because } = ending;
  const denial =
    because === 'legal-basis-ended'
      ? grantRevocationWrites(project, grantId, { by: 'schedule', reason: 'legal-basis-ended' }, now)
      : null;
  return {
    grant: { ...grant, status: 'ended', endedAt: at },
    fact: {
      type: 'grant-ended',
      data: { projectId, grantId, because, revocationId: denial?.revocation.id ?? null },
    },
    denial: denial?.writes ?? [],
  };
}

/** The grant after which nothing comes: only of its end people are reminded. A renewal's ends later. */
function lastToEnd(grants: readonly Grant[], facts: ExpiryFacts): ActiveGrant | undefined {
  return grants
    .filter((grant) => grant.status === 'active')
    .sort((one, other) => (lastDayOf(one, facts.collections) < lastDayOf(other, facts.collections) ? -1 : 1))
    .at(-1);
}

/**
 * What time does to a project now, or null where nothing. Grants whose last day is over end, and the project with its last
 * one; one that begins later keeps it. People are reminded of an end that is near.
 */
export function expire(project: Project, facts: ExpiryFacts): ExpiryChange | null {
  if (project.status !== 'active') return null;
  const told: Fact[] = [];
  const denials: TransactionWrite[] = [];
  let restsOnClosures = false;
  const grants = project.grants.map((grant): Grant => {
    const ending = grant.status === 'active' ? endingOf(grant, facts) : null;
    if (grant.status !== 'active' || ending === null) return grant;
    const ended = end(project, grant, ending, facts.now);
    told.push(ended.fact);
    denials.push(...ended.denial);
    if (ending.outcome === 'revoked') restsOnClosures = true;
    return ended.grant;
  });

  const last = lastToEnd(grants, facts);
  const reminder = last ? reminderDue(last, facts) : null;
  if (reminder !== null) {
    const { step, ...rest } = reminder;
    told.push({ type: 'reminder-due', data: { ...rest, daysBefore: step } });
  }
  const reminded = grants.map((grant) =>
    reminder?.grantId === grant.id ? remember(grant, reminder, facts) : grant,
  );

  // a project whose grants a person took away stays until its day, since another may be approved
  const over = last === undefined && (told.length > 0 || project.endsOn < londonDay(facts.now));
  if (over) told.push({ type: 'project-ended', data: { projectId: project.id } });
  const [first, ...others] = told;
  if (first === undefined) return null;
  const next = { ...project, grants: reminded, version: project.version + 1 };
  return {
    project: over ? endProject(next, facts.now) : next,
    facts: [first, ...others],
    reminder,
    denials,
    restsOnClosures,
  };
}

function remember(grant: Grant, { step }: Reminder, { now }: ExpiryFacts): Grant {
  return { ...grant, reminders: [...(grant.reminders ?? []), { daysBefore: step, at: now.toISOString() }] };
}

function endProject(project: ActiveProject, now: Date): Project {
  return { ...project, status: 'ended', endedAt: now.toISOString() };
}
