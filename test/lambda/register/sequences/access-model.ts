import { developmentPrefix } from '../../../../lambda/credentials/study-scope.contract';
import type { CollectionConfiguration } from '../../../../lambda/platform/configuration.contract';
import { uidRoot } from '../../credentials/credentials-fixture';
import type { ModelApplication } from './committee-model';
import { demand, type EventOf, type KnownPeople } from './known-people';

export interface ModelGrant {
  readonly id: string;
  readonly applicationId: string;
  readonly collection: string;
  readonly studies: readonly string[] | null;
  readonly accessMode: string;
  readonly startsOn: string;
  readonly endsOn: string;
  state: 'active' | 'superseded' | 'revoked' | 'ended';
  reminded: number[];
}

export interface ModelProject {
  readonly id: string;
  readonly applicant: string;
  state: 'active' | 'revoked' | 'ended';
  members: Set<string>;
  /** When somebody was taken out last. */
  left: Map<string, string>;
  grants: ModelGrant[];
}

const london = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });
/** Calendar day in London. */
export const dayOf = (at: Date): string => london.format(at);

const SHORTEST_SESSION = 900_000;
const DELIVERY = 60_000;
const PROPOSAL = 86_400_000;

interface Closure {
  readonly reason: string;
}

/** Who may read what until when, and what took it away. */
export class AccessModel {
  readonly projects = new Map<string, ModelProject>();
  readonly shut = new Map<string, Closure>();
  readonly withdrawn = new Set<string>();
  private readonly proposals = new Map<string, { by: string; at: number }>();

  constructor(
    private readonly people: KnownPeople,
    private readonly collections: readonly CollectionConfiguration[],
  ) {}

  membersOf(projectId: string): string[] {
    return [...(this.projects.get(projectId)?.members ?? [])];
  }

  of(id: string): ModelProject {
    const found = this.projects.get(id);
    demand(found !== undefined, 'events tell of projects that were approved');
    return found;
  }

  /** Last day of a collection's legal basis as configured now. */
  basisOf(collection: string): string {
    return this.collections.find(({ id }) => id === collection)?.legalBasis.endsOn ?? '';
  }

  lastDayOf({ collection, endsOn }: ModelGrant): string {
    return [endsOn, this.basisOf(collection)].sort()[0] ?? '';
  }

  /** A grant is given by the approval that stands beside it, and to nobody else than it named. */
  given({ data, at }: EventOf<'grant-given'>, approved: ModelApplication | null): void {
    demand(
      approved !== null && approved.state === 'approved' && approved.projectId === data.projectId,
      'no grant without an approval',
    );
    const { asked, votes } = approved;
    const members = [approved.applicant, ...asked.members];
    demand(
      [...data.members].sort().join() ===
        [...new Set(members)]
          .map((each) => this.people.find(each)?.pseudonym)
          .sort()
          .join(),
      'a grant is for the people whom the approval named',
    );
    const conditions = votes.at(-1)?.item.conditions as { code: string; endsOn?: string }[];
    const days = [
      asked.requestedEndsOn,
      this.basisOf(data.collection),
      ...conditions.map(({ endsOn }) => endsOn),
    ];
    const [lastDay] = days.filter((day) => day !== undefined).sort();
    demand(data.endsOn === lastDay, 'a grant ends on the first of the days that bound it');
    demand(data.endsOn >= dayOf(new Date(at)), 'no grant ends before it is given');
    const direct = asked.accessMode === 'direct' && conditions.some(({ code }) => code === 'direct-access');
    demand(data.accessMode === (direct ? 'direct' : 'dae-only'), 'direct access is given by a condition');
    demand(data.collection === asked.collection, 'a grant is for the collection that was asked for');

    const before = this.projects.get(data.projectId);
    demand((before === undefined) === (approved.kind === 'new'), 'what is amended is there');
    demand(before === undefined || before.state === 'active', 'nothing is given to a project that is over');
    for (const who of before === undefined ? [] : members) {
      const left = before?.members.has(who) ? undefined : before?.left.get(who);
      demand(left === undefined || left <= approved.submittedAt, 'nobody comes back unseen');
    }
    const project: ModelProject = before ?? {
      id: data.projectId,
      applicant: approved.applicant,
      state: 'active',
      members: new Set(),
      left: new Map(),
      grants: [],
    };
    for (const who of project.members) if (!members.includes(who)) project.left.set(who, at);
    project.members = new Set(members);
    for (const each of project.grants) if (each.state === 'active') each.state = 'superseded';
    project.grants.push({
      id: data.grantId,
      applicationId: approved.id,
      collection: data.collection,
      studies: asked.scope.kind === 'studies' ? (asked.scope.studies ?? []) : null,
      accessMode: data.accessMode,
      startsOn: data.startsOn,
      endsOn: data.endsOn,
      state: 'active',
      reminded: [],
    });
    this.projects.set(project.id, project);
  }

  private byOfficer(actor: string): void {
    const subject = this.people.subjectOf(actor);
    demand(subject !== null && this.people.heldInTime(subject, 'officer'), 'officers shut and open');
  }

  revoked(event: EventOf<'member-revoked' | 'grant-revoked' | 'project-revoked'>): void {
    const project = this.of(event.data.projectId);
    const subject = this.people.subjectOf(event.actor) ?? '';
    const own = subject === project.applicant && event.type !== 'grant-revoked';
    demand(
      this.people.heldInTime(subject, 'officer') || own,
      'officers revoke, and applicants what is theirs',
    );
    if (event.type === 'member-revoked') {
      const member = this.people.subjectOf(event.data.person) ?? '';
      demand(project.members.delete(member), 'members are taken out');
      project.left.set(member, event.at);
    }
    if (event.type === 'project-revoked') project.state = 'revoked';
    for (const each of project.grants) {
      const taken =
        event.type === 'grant-revoked' ? each.id === event.data.grantId : event.type === 'project-revoked';
      if (taken && each.state === 'active') each.state = 'revoked';
    }
  }

  closed(target: string, { data, actor }: EventOf<'collection-closed' | 'platform-closed'>): void {
    this.byOfficer(actor);
    this.shut.set(target, { reason: data.reason });
    this.proposals.delete(target);
  }

  proposed(target: string, { actor, at }: EventOf<'reopening-proposed'>): void {
    this.byOfficer(actor);
    this.proposals.set(target, { by: actor, at: Date.parse(at) });
  }

  reopened(target: string, { actor, at }: EventOf<'collection-reopened' | 'platform-reopened'>): void {
    this.byOfficer(actor);
    const proposal = this.proposals.get(target);
    demand(proposal !== undefined && proposal.by !== actor, 'two officers open, never one');
    demand(Date.parse(at) < proposal.at + PROPOSAL, 'a proposal holds for a day');
    this.shut.delete(target);
    this.proposals.delete(target);
  }

  grantEnded({ data, actor, at }: EventOf<'grant-ended'>): void {
    const grant = this.of(data.projectId).grants.find(({ id }) => id === data.grantId);
    demand(actor === 'schedule' && grant?.state === 'active', 'time ends what was in force');
    const over = this.lastDayOf(grant) < dayOf(new Date(at));
    const closed = this.shut.get(grant.collection)?.reason === 'legal-basis-ended';
    demand(over || closed, 'no grant ends before its day');
    grant.state = 'ended';
  }

  projectEnded({ data }: EventOf<'project-ended'>): void {
    const project = this.of(data.projectId);
    demand(!project.grants.some(({ state }) => state === 'active'), 'a project ends with its last grant');
    project.state = 'ended';
  }

  reminded({ data, at }: EventOf<'reminder-due'>): void {
    const grant = this.of(data.projectId).grants.find(({ id }) => id === data.grantId);
    demand(grant?.state === 'active', 'people are reminded of what is in force');
    demand(!grant.reminded.some((step) => step <= data.daysBefore), 'each reminder comes once');
    const days = (Date.parse(this.lastDayOf(grant)) - Date.parse(dayOf(new Date(at)))) / 86_400_000;
    demand(days === data.daysLeft && days <= data.daysBefore, 'a reminder tells the days that are left');
    grant.reminded.push(data.daysBefore);
  }

  /** Whether time has left something in force that is over, which no run of the schedule may. */
  expectNothingOver(now: Date): void {
    for (const project of this.projects.values())
      for (const grant of project.state === 'active' ? project.grants : [])
        demand(
          grant.state !== 'active' || this.lastDayOf(grant) >= dayOf(now),
          'the schedule ends what is over',
        );
  }

  grantOf(projectId: string): ModelGrant | null {
    return this.projects.get(projectId)?.grants.findLast(({ state }) => state === 'active') ?? null;
  }

  /** All that stands in the way of a credential, by the codes that may be told of it; empty: it must be given. */
  obstacles(subject: string, projectId: string, studies: readonly string[] | null, at: Date): string[] {
    const project = this.of(projectId);
    const known = this.people.find(subject);
    const grant = this.grantOf(projectId);
    const today = dayOf(at);
    const isMember = project.members.has(subject) && known?.machine !== true;
    const always = {
      NOT_A_MEMBER: !isMember && (!project.left.has(subject) || known?.machine === true),
      MEMBERSHIP_REVOKED: !isMember && project.left.has(subject),
      PROJECT_NOT_ACTIVE: project.state !== 'active',
      NO_ACTIVE_GRANT: grant === null || today < grant.startsOn || today > grant.endsOn,
    };
    const prefix = developmentPrefix(
      uidRoot,
      this.collections.find(({ id }) => id === grant?.collection)?.arc ?? 0,
    );
    const ofGrant = grant !== null && {
      PLATFORM_CLOSED: this.shut.has('everything'),
      COLLECTION_CLOSED: this.shut.has(grant.collection),
      STUDIES_NOT_LISTED: grant.studies !== null && studies === null,
      STUDY_OUTSIDE_GRANT: (studies ?? []).some(
        (study) => !study.startsWith(prefix) || grant.studies?.includes(study) === false,
      ),
      STUDY_WITHDRAWN: (studies ?? []).some((study) => this.withdrawn.has(study)),
      LEGAL_BASIS_ENDED: this.basisOf(grant.collection) < today,
      GRANT_ENDS_TOO_SOON:
        dayOf(new Date(at.getTime() + SHORTEST_SESSION + DELIVERY + 999)) > this.lastDayOf(grant),
    };
    return Object.entries({ ...always, ...ofGrant }).flatMap(([code, holds]) => (holds ? [code] : []));
  }
}
