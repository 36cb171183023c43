import type { CollectionConfiguration } from '../../../../lambda/platform/configuration.contract';
import type { Item } from '../../../../lambda/platform/document-table';
import type { RegisterEvent } from '../../../../lambda/register/event.contract';
import { AccessModel, dayOf, type ModelProject } from './access-model';
import { CommitteeModel, type ModelApplication } from './committee-model';
import { demand, KnownPeople } from './known-people';

/**
 * Records that change without telling the history: issues that are delivered, entries of the public register, reminders
 * that were sent, marks of studies. Nothing in them gives anybody access; of a delivery it is asked whether it may be.
 */
const silent = /^(ISSUE#|PROJECT#p-|g-|WITHDRAWN-STUDY$)/;

/**
 * The rules of the register, written down a second time from what its history tells: each commit is judged by what the
 * commits before it have made true, in their order, whoever was first.
 */
export class RegisterModel {
  readonly people = new KnownPeople();
  readonly access: AccessModel;
  readonly committee: CommitteeModel;
  /** How often something came about, by the type of its event and the code of a refusal. */
  readonly seen: Map<string, number>;
  /** Studies of the request for credentials that is under way, since a refusal does not name them. */
  asking: readonly string[] | null = null;
  /** Whether others are at work beside it: it may then be refused for what was so a moment ago. */
  disturbed = false;

  constructor(collections: readonly CollectionConfiguration[], seen: Map<string, number>) {
    this.seen = seen;
    this.access = new AccessModel(this.people, collections);
    this.committee = new CommitteeModel(this.people, (projectId) => this.access.membersOf(projectId));
  }

  count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  /** @throws Violation where the commit does what the rules do not allow */
  observe(commit: readonly Item[]): void {
    const events = commit.filter(({ sk }) => sk.startsWith('EVENT#'));
    if (events.length === 0) {
      demand(
        commit.every(({ sk }) => silent.test(sk)),
        'what changes is told in the history',
      );
      for (const item of commit) {
        if (item.state === 'recorded') this.delivered(item, new Date(String(item.issuedAt)));
        if (item.sk === 'WITHDRAWN-STUDY') this.withdrawn(item.pk.slice('WITHDRAWN-STUDY#'.length));
      }
      return;
    }
    let approved: ModelApplication | null = null;
    for (const item of events) {
      const { pk, sk: _sk, ...rest } = item;
      const event = rest as unknown as RegisterEvent;
      this.count(event.type);
      approved = this.judge(event, pk, commit, approved);
    }
  }

  private judge(
    event: RegisterEvent,
    pk: string,
    commit: readonly Item[],
    approved: ModelApplication | null,
  ): ModelApplication | null {
    const stored = (sk: string) => {
      const item = commit.find((each) => each.sk.startsWith(sk));
      demand(item !== undefined, `the record stands beside its event: ${event.type}`);
      return item;
    };
    const { access, committee, people } = this;
    switch (event.type) {
      case 'person-introduced':
        people.introduced(pk.slice('PERSON#'.length), event);
        break;
      case 'person-recorded':
        people.recorded(pk.slice('PERSON#'.length), event);
        break;
      case 'application-drafted':
        committee.drafted(event, stored('APPLICATION'));
        break;
      case 'application-changed':
        committee.changed(event, stored('APPLICATION'));
        break;
      case 'application-submitted':
        committee.submitted(event, stored('APPLICATION'), access.basisOf(event.data.collection));
        break;
      case 'application-closed':
        committee.closed(event);
        break;
      case 'decision-recorded':
        committee.decided(event, stored('DECISION#'));
        break;
      case 'application-approved':
        committee.approved(event);
        return committee.of(event.data.applicationId);
      case 'application-rejected':
        committee.rejected(event);
        break;
      case 'application-returned':
        committee.returned(event);
        break;
      case 'assessment-changed':
      case 'assessment-submitted':
      case 'assessment-accepted':
      case 'assessment-returned':
        committee.assessed(event);
        break;
      case 'grant-given':
        access.given(event, approved);
        break;
      case 'grant-superseded':
        break;
      case 'member-revoked':
      case 'grant-revoked':
      case 'project-revoked':
        access.revoked(event);
        break;
      case 'collection-closed':
        access.closed(event.data.collection, event);
        break;
      case 'platform-closed':
        access.closed('everything', event);
        break;
      case 'reopening-proposed':
        access.proposed(event.data.collection ?? 'everything', event);
        break;
      case 'collection-reopened':
        access.reopened(event.data.collection, event);
        break;
      case 'platform-reopened':
        access.reopened('everything', event);
        break;
      case 'grant-ended':
        access.grantEnded(event);
        this.count(`ended: ${event.data.because}`);
        break;
      case 'project-ended':
        access.projectEnded(event);
        break;
      case 'reminder-due':
        access.reminded(event);
        break;
      case 'study-withdrawn':
        for (const study of event.data.studies)
          demand(access.withdrawn.has(study), 'a study is withdrawn before anybody is told');
        break;
      case 'credential-issued':
        this.issued(event, stored('ISSUE#'));
        break;
      case 'credential-refused':
        this.refused(event);
        break;
      case 'credential-failed':
        break;
      default:
        demand(false, `nothing of these sequences tells of ${event.type}`);
    }
    return approved;
  }

  private withdrawn(study: string): void {
    this.access.withdrawn.add(study);
    this.count('withdrawn');
  }

  private issued(event: Extract<RegisterEvent, { type: 'credential-issued' }>, issue: Item): void {
    const { actor, chain, data, at } = event;
    this.delivered(issue, new Date(at));
    demand(issue.person === actor, 'a credential is its holder’s own');
    demand(this.access.grantOf(chain)?.id === data.grantId, 'a credential is cut from the grant in force');
  }

  /** A session may be made now: of an issue, or of one that was repeated. */
  private delivered(issue: Item, now: Date): void {
    const { access } = this;
    const projectId = String(issue.projectId);
    const subject = this.people.subjectOf(String(issue.person)) ?? '';
    const grant = access.of(projectId).grants.find(({ id }) => id === issue.grantId);
    const studies = issue.studies as string[] | null;
    const obstacles = access.obstacles(subject, projectId, studies, now);
    demand(obstacles.length === 0, `no credential where access is not given: ${obstacles.join(', ')}`);
    demand(
      grant?.state === 'active' && grant.accessMode === issue.accessMode,
      'a credential gives what was granted',
    );
    const until = new Date(String(issue.expiresAt));
    demand(dayOf(until) <= access.lastDayOf(grant), 'no session lives longer than the access');
  }

  private refused(event: Extract<RegisterEvent, { type: 'credential-refused' }>): void {
    const { actor, chain, data, at } = event;
    this.count(`refused: ${data.code}`);
    if (data.code === 'CLOCKS_DIFFER' || this.disturbed) return;
    const subject = actor === 'unknown' ? 'stranger-1' : (this.people.subjectOf(actor) ?? '');
    const obstacles = this.access.obstacles(subject, chain, this.asking, new Date(at));
    demand(obstacles.includes(data.code), `nobody is refused for what is not so: ${data.code}`);
  }

  /** What is stored says what was told. */
  compare(read: (pk: string, sk: string) => Item | undefined): void {
    for (const [id, known] of this.committee.applications) {
      const stored = read(`APPLICATION#${id}`, 'APPLICATION');
      demand(stored?.state === known.state, `an application stands as its history tells: ${known.state}`);
      demand(stored.applicant === known.applicant, 'an application stays its applicant’s');
    }
    for (const [id, known] of this.access.projects)
      this.compareProject(read(`PROJECT#${id}`, 'PROJECT'), known);
  }

  private compareProject(stored: Item | undefined, known: ModelProject): void {
    demand(stored?.status === known.state, 'a project stands as its history tells');
    const members = stored.members as string[];
    demand([...members].sort().join() === [...known.members].sort().join(), 'members are who was approved');
    const grants = stored.grants as { id: string; status: string }[];
    const active = (all: readonly { id: string }[]) => all.map(({ id }) => id).join();
    demand(
      active(grants.filter(({ status }) => status === 'active')) ===
        active(known.grants.filter(({ state }) => state === 'active')),
      'one grant at most is in force, the one approved last',
    );
    demand(
      active(grants) === active(known.grants),
      'grants are those that were approved, each once, and none is lost',
    );
  }
}
