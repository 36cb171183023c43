import type { Item } from '../../../../lambda/platform/document-table';
import { demand, type EventOf, institutionOf, type KnownPeople } from './known-people';

/** What the committee is asked for, as it stood in the application when it was written. */
export interface Asked {
  readonly organisation?: string;
  readonly collection?: string;
  readonly members: readonly string[];
  readonly scope: { readonly kind: string; readonly studies?: readonly string[] };
  readonly accessMode: string;
  readonly aiUse?: boolean;
  readonly laySummary?: string;
  readonly requestedStartsOn?: string;
  readonly requestedEndsOn?: string;
  readonly conflictsOfInterest?: {
    readonly conflicts?: readonly { readonly subject?: string; readonly organisation?: string }[];
  };
}

type Conditions = EventOf<'decision-recorded'>['data']['conditionsDigest'];

export interface ModelApplication {
  readonly id: string;
  readonly projectId: string;
  readonly kind: string;
  readonly edition: number;
  readonly applicant: string;
  state: 'draft' | 'submitted' | 'returned' | 'approved' | 'rejected' | 'closed';
  asked: Asked;
  submittedAt: string;
  /** Where the applicant worked when they handed it in. */
  workedAt: string | null;
  round: number;
  votes: { by: string; decision: string; conditions: Conditions; codes: readonly string[]; item: Item }[];
  assessment: 'none' | 'in-progress' | 'submitted' | 'accepted' | 'returned';
}

const isOpen = ({ state }: ModelApplication) => ['draft', 'submitted', 'returned'].includes(state);
const isTheirs = ({ state }: ModelApplication) => state === 'draft' || state === 'returned';

/** The committee's rules: who may write, hand in and decide, and what it takes. */
export class CommitteeModel {
  readonly applications = new Map<string, ModelApplication>();

  /** @param membersNow of the project of an application, before and beside what it asks for */
  constructor(
    private readonly people: KnownPeople,
    private readonly membersNow: (projectId: string) => readonly string[],
  ) {}

  of(id: string): ModelApplication {
    const found = this.applications.get(id);
    demand(found !== undefined, 'events tell of applications that were drafted');
    return found;
  }

  drafted({ data, actor, chain }: EventOf<'application-drafted'>, stored: Item): void {
    const applicant = this.people.subjectOf(actor) ?? '';
    demand(this.people.heldInTime(applicant, 'applicant'), 'applicants draft');
    const others = [...this.applications.values()].filter(({ projectId }) => projectId === chain);
    demand(!others.some(isOpen), 'one version of an application is open at a time');
    demand(data.edition === others.length + 1, 'versions are counted');
    if (data.kind !== 'new') {
      demand(
        others.some(({ state }) => state === 'approved'),
        'only what was approved is amended',
      );
      demand(
        others.every((each) => each.applicant === applicant),
        'the applicant amends',
      );
      demand(this.membersNow(chain).includes(applicant), 'who was taken out amends nothing');
    }
    const before = others.findLast(({ state }) => state === 'approved');
    const copied = before !== undefined && before.assessment !== 'none';
    this.applications.set(data.applicationId, {
      id: data.applicationId,
      projectId: chain,
      kind: data.kind,
      edition: data.edition,
      applicant,
      state: 'draft',
      asked: stored.content as Asked,
      submittedAt: '',
      workedAt: null,
      round: 0,
      votes: [],
      assessment: copied ? 'in-progress' : 'none',
    });
  }

  private byApplicant(id: string, actor: string): ModelApplication {
    const found = this.of(id);
    const subject = this.people.subjectOf(actor) ?? '';
    demand(subject === found.applicant, 'an application is its applicant’s');
    demand(this.people.heldInTime(subject, 'applicant'), 'who is no applicant any more writes nothing');
    return found;
  }

  changed({ data, actor }: EventOf<'application-changed'>, stored: Item): void {
    const found = this.byApplicant(data.applicationId, actor);
    demand(isTheirs(found), 'nothing changes while the committee has it, or after');
    found.asked = stored.content as Asked;
  }

  submitted({ data, actor, at }: EventOf<'application-submitted'>, stored: Item, lastDay: string): void {
    const found = this.byApplicant(data.applicationId, actor);
    demand(isTheirs(found), 'what is with the committee, or was decided, is not handed in');
    found.asked = stored.content as Asked;
    const { laySummary, requestedEndsOn } = found.asked;
    demand(laySummary !== undefined && requestedEndsOn !== undefined, 'what is handed in is complete');
    demand(requestedEndsOn <= lastDay, 'nobody asks for days after the legal basis');
    demand(data.round === found.round + 1, 'rounds are counted');
    found.state = 'submitted';
    found.round = data.round;
    found.votes = [];
    found.submittedAt = at;
    found.workedAt = this.people.find(found.applicant)?.organisation ?? null;
  }

  closed({ data, actor }: EventOf<'application-closed'>): void {
    const found = this.byApplicant(data.applicationId, actor);
    demand(isOpen(found), 'what was decided is not closed');
    found.state = 'closed';
  }

  /** Why somebody must not judge an application; empty where they may. */
  bars(found: ModelApplication, reviewer: string): string[] {
    const side = [found.applicant, ...found.asked.members, ...this.membersNow(found.projectId)];
    const known = this.people.find(reviewer);
    const place = institutionOf(known?.organisation);
    const sides = side.map((each) => this.people.find(each));
    const places = [found.asked.organisation, found.workedAt, ...sides.map((each) => each?.organisation)];
    const declared = found.asked.conflictsOfInterest?.conflicts ?? [];
    const bars = {
      ROLE_REQUIRED: !this.people.holds(reviewer, 'reviewer'),
      REVIEWER_ON_APPLICANTS_SIDE:
        side.includes(reviewer) ||
        places.some((each) => each !== null && each !== undefined && institutionOf(each) === place) ||
        sides.some((each) => each !== null && each.trust !== null && each.trust === known?.trust),
      REVIEWER_IN_CONFLICT: declared.some(
        ({ subject, organisation }) =>
          subject === reviewer || (organisation !== undefined && institutionOf(organisation) === place),
      ),
      REVIEWER_ORGANISATION_UNKNOWN: place === null || (sides[0]?.organisation ?? found.workedAt) === null,
      ALREADY_DECIDED: found.votes.some(({ by }) => by === reviewer),
      APPLICATION_NOT_OPEN: found.state !== 'submitted',
    };
    return Object.entries(bars).flatMap(([code, holds]) => (holds ? [code] : []));
  }

  decided({ data, actor }: EventOf<'decision-recorded'>, item: Item): void {
    const found = this.of(data.applicationId);
    const by = this.people.subjectOf(actor) ?? '';
    const bars = this.bars(found, by);
    demand(bars.length === 0, `who judges stands outside, judges once, and what is open: ${bars.join(', ')}`);
    const first = found.votes.find(({ decision }) => decision === 'approve');
    if (data.decision === 'approve' && first !== undefined)
      demand(first.conditions === data.conditionsDigest, 'both approvals carry the same conditions');
    const { decision, conditionsDigest, conditions } = data;
    found.votes.push({ by, decision, conditions: conditionsDigest, codes: conditions, item });
  }

  private twoAgree(found: ModelApplication, decision: string): void {
    const alike = found.votes.filter((vote) => vote.decision === decision).map(({ by }) => by);
    demand(new Set(alike).size >= 2, `two people ${decision}, never one`);
    demand(found.state === 'submitted', 'what is decided was with the committee');
  }

  approved({ data }: EventOf<'application-approved'>): void {
    const found = this.of(data.applicationId);
    this.twoAgree(found, 'approve');
    demand(
      found.asked.aiUse !== true || found.assessment === 'accepted',
      'a model has an accepted assessment',
    );
    found.state = 'approved';
  }

  rejected({ data }: EventOf<'application-rejected'>): void {
    const found = this.of(data.applicationId);
    this.twoAgree(found, 'reject');
    found.state = 'rejected';
  }

  returned({ data }: EventOf<'application-returned'>): void {
    const found = this.of(data.applicationId);
    demand(found.state === 'submitted' && found.votes.at(-1)?.decision === 'return', 'a reviewer returns');
    found.state = 'returned';
  }

  assessed({
    type,
    data,
    actor,
  }: EventOf<
    'assessment-changed' | 'assessment-submitted' | 'assessment-accepted' | 'assessment-returned'
  >): void {
    const found = this.of(data.applicationId);
    if (type === 'assessment-changed' || type === 'assessment-submitted') {
      this.byApplicant(data.applicationId, actor);
      demand(isOpen(found), 'an assessment belongs to an open application');
      demand(['none', 'in-progress', 'returned'].includes(found.assessment), 'what was handed in stays');
      found.assessment = type === 'assessment-changed' ? 'in-progress' : 'submitted';
      return;
    }
    const bars = this.bars(found, this.people.subjectOf(actor) ?? '');
    demand(
      bars.every((bar) => bar === 'ALREADY_DECIDED'),
      'who judges an assessment stands outside',
    );
    const accepts = type === 'assessment-accepted';
    demand(
      accepts ? found.assessment === 'submitted' : ['submitted', 'accepted'].includes(found.assessment),
      'an assessment is judged after it was handed in',
    );
    found.assessment = accepts ? 'accepted' : 'returned';
  }
}
