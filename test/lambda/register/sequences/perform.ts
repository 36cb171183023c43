import { authoriseDicomweb } from '../../../../lambda/credentials/dicomweb-authorisation';
import { issueCredentials } from '../../../../lambda/credentials/issue-credentials';
import { newId } from '../../../../lambda/platform/ids';
import type { ApplicationDraft } from '../../../../lambda/register/application-content.contract';
import {
  closeApplication,
  draftApplication,
  saveApplication,
  submitApplication,
} from '../../../../lambda/register/applications';
import { decideAssessment, handInAssessment, saveAssessment } from '../../../../lambda/register/assessments';
import { closeAccess, reopenAccess } from '../../../../lambda/register/close-access';
import type { Condition } from '../../../../lambda/register/condition.contract';
import { decideApplication } from '../../../../lambda/register/decisions';
import { beginEdition } from '../../../../lambda/register/editions';
import { expireGrants } from '../../../../lambda/register/expire-grants';
import { RepeatableRequest } from '../../../../lambda/register/idempotency';
import { recordPerson } from '../../../../lambda/register/people';
import type { PersonInput } from '../../../../lambda/register/person.contract';
import { revokeFromProject } from '../../../../lambda/register/revoke-access';
import { datastoreId } from '../../credentials/credentials-fixture';
import { assessmentContent } from '../assessment-content';
import { requester, trusts } from '../register-fixture';
import { dayOf } from './access-model';
import { type Deed, dayAfter, draftOf, MEMBER, OWNER } from './actions';
import type { ModelApplication } from './committee-model';
import type { RegisterModel } from './register-model';
import { allRoles, collectionNames, studiesOf, type World } from './world';

/** What a deed is about, chosen when it begins: another may come in between, and the same request may come again. */
export interface Request {
  readonly deed: Deed;
  readonly by: string;
  /** Whom it is about. */
  readonly who: string;
  /** What is shut or opened. */
  readonly target: string;
  readonly applicationId: string;
  readonly projectId: string;
  readonly key: string;
  readonly studies: readonly string[];
}

/** An amendment stays in the collection of what it amends. */
function inItsCollection(deed: Deed, of: ModelApplication | undefined): Deed {
  const collection = collectionNames.find((name) => name === of?.asked.collection);
  if (deed.do !== 'save' || of?.kind === 'new' || collection === undefined) return deed;
  return { ...deed, wish: { ...deed.wish, collection } };
}

const nowhere = { applicationId: `a-${'0'.repeat(26)}`, projectId: `p-${'0'.repeat(26)}` };

/** Chooses among what fits the deed, and seldom among all there is. */
function choose<Of>(all: readonly Of[], pick: number, fits: (each: Of) => boolean): Of | undefined {
  const fitting = all.filter(fits);
  const among = fitting.length > 0 && pick % 7 !== 0 ? fitting : all;
  return among[pick % Math.max(1, among.length)];
}

function fitting(deed: Deed): (of: ModelApplication) => boolean {
  switch (deed.do) {
    case 'submit':
    case 'save':
      return ({ state }) => state === 'draft' || state === 'returned';
    case 'decide':
      // one that waits for its second approval, most of the time
      return ({ state, votes }) => state === 'submitted' && (votes.length > 0 || deed.pick % 2 === 0);
    case 'judge':
      return ({ state, asked }) => state === 'submitted' && asked.aiUse === true;
    case 'assess':
      return ({ state, asked }) => ['draft', 'submitted'].includes(state) && asked.aiUse === true;
    default:
      return () => true;
  }
}

/** What is opened is most of the time something that is shut. */
function targetOf(
  { access }: RegisterModel,
  { do: name, what, pick }: Extract<Deed, { what: string }>,
): string {
  const shut = [...access.shut.keys()];
  return name === 'reopen' && pick % 7 !== 0 ? (shut[pick % shut.length] ?? what) : what;
}

export function makeRequest(world: World, model: RegisterModel, asked: Deed): Request {
  const application = choose([...model.committee.applications.values()], asked.pick, fitting(asked));
  const deed = inItsCollection(asked, application);
  const project = choose([...model.access.projects.values()], deed.pick, ({ state }) => state === 'active');
  const onProject = ['ask', 'view', 'begin', 'revoke', 'withdraw'].includes(deed.do);
  const owner = (onProject ? project : application)?.applicant ?? 'applicant-1';
  const named = (actor: string) => {
    if (actor === OWNER) return owner;
    return actor === MEMBER ? ([...(project?.members ?? [])].at(-1) ?? owner) : actor;
  };
  const collection = model.access.grantOf(project?.id ?? '')?.collection ?? 'chest';
  return {
    deed,
    by: named(deed.by),
    who: named('who' in deed ? deed.who : owner),
    target: 'what' in deed ? targetOf(model, deed) : '',
    applicationId: application?.id ?? nowhere.applicationId,
    projectId: project?.id ?? nowhere.projectId,
    key: newId('k', world.clock),
    studies: studiesOf(world.collections, 'wish' in deed ? deed.wish.collection : collection),
  };
}

function conditionsOf(codes: readonly Condition['code'][], now: Date): Condition[] {
  return codes.map((code): Condition => {
    if (code === 'ends-earlier') return { code, endsOn: dayAfter(now, 1) };
    return code === 'other' ? { code, text: 'Something else.' } : { code };
  });
}

/** Sends a request to the register, as its sender. */
export async function send(world: World, model: RegisterModel, request: Request): Promise<unknown> {
  const { committee, clock } = world;
  const { deed, by, who, target, applicationId: id, projectId, key, studies } = request;
  const roles = deed.stale ? [...allRoles] : allRoles.filter((role) => model.people.holds(by, role));
  const sender = requester(by, ...roles);
  const once = () => RepeatableRequest.of(by, key, { deed, id, projectId });
  const choose = (numbers: readonly number[]) => numbers.flatMap((number) => studies[number] ?? []);
  switch (deed.do) {
    case 'draft':
      return draftApplication(committee, sender, draftOf(deed.wish, clock.now(), studies), once());
    case 'save':
      return saveApplication(committee, sender, id, changed(world, model, request));
    case 'submit':
      return submitApplication(committee, sender, id, once());
    case 'close':
      return closeApplication(committee, sender, id, once());
    case 'decide': {
      const { decision } = deed;
      const conditions = decision === 'approve' ? conditionsOf(deed.conditions, clock.now()) : [];
      return decideApplication(committee, sender, id, { decision, comment: 'Because.', conditions }, once());
    }
    case 'assess':
      return deed.step === 'save'
        ? saveAssessment(committee, sender, id, { ...assessmentContent, benefits: `Version ${deed.pick}.` })
        : handInAssessment(committee, sender, id, once());
    case 'judge':
      return decideAssessment(committee, sender, id, { decision: deed.decision, comment: 'Why?' }, once());
    case 'begin':
      return beginEdition(committee, sender, projectId, deed.kind, once());
    case 'record':
      return recordPerson(committee, trusts, sender, who, recordOf(who, deed));
    case 'revoke':
      return revoke(world, model, request, sender);
    case 'shut': {
      const { reason } = deed;
      const body =
        target === 'everything'
          ? { kind: 'everything' as const, reason }
          : { kind: 'collection' as const, collection: target, reason };
      return closeAccess(committee, sender, body, key);
    }
    case 'reopen':
      return reopenAccess(
        committee,
        sender,
        target === 'everything' ? { kind: 'everything' } : { kind: 'collection', collection: target },
      );
    case 'schedule':
      return expireGrants(world.schedule);
    case 'withdraw':
      return withdraw(world, model, request, choose(deed.studies));
    case 'ask': {
      const issuer = deed.slow ? { ...world.issuer, clock: behind(world) } : world.issuer;
      world.issuer.onAssume = async () => {
        if (deed.fails) throw new Error('STS does not answer');
      };
      const asked = deed.studies === null ? null : choose(deed.studies);
      return issueCredentials(issuer, { subject: by, projectId, studies: asked }, key);
    }
    case 'view': {
      const bearerToken = deed.named ? `${by} ${projectId}` : by;
      return authoriseDicomweb(world.authority, { datastoreId, operation: deed.operation, bearerToken });
    }
    case 'wait':
      return clock.moveBy(deed.seconds);
    case 'wait-for-end':
      return waitForEnd(world, model, projectId);
    case 'shorten':
      return shorten(world, deed.collection, deed.days);
  }
}

/** What is saved: of an amendment in the same collection, of a renewal with another last day and nothing else. */
function changed({ clock, table }: World, model: RegisterModel, request: Request): ApplicationDraft {
  const { deed, applicationId: id, studies } = request;
  if (deed.do !== 'save') throw new Error('only a save writes');
  const now = clock.now();
  const wished = draftOf(deed.wish, now, studies);
  const kind = model.committee.applications.get(id)?.kind;
  if (kind !== 'renewal') return wished;
  const { requestedEndsOn, changeReason } = wished;
  const stored = table.items.get(`APPLICATION#${id}\u0000APPLICATION`)?.content as ApplicationDraft;
  return { ...stored, requestedEndsOn, changeReason };
}

function recordOf(who: string, { roles, organisation, trust }: Extract<Deed, { do: 'record' }>): PersonInput {
  return who.startsWith('machine')
    ? { kind: 'machine', roles: ['uploader'], trust: 'RX1' }
    : { roles, organisation, ...(trust ? { trust: 'RX1' } : {}) };
}

/** A clock that is ten minutes late. */
function behind({ clock }: World) {
  return { now: () => new Date(clock.now().getTime() - 600_000) };
}

async function revoke(
  { committee, table }: World,
  model: RegisterModel,
  { deed, who, projectId, key }: Request,
  sender: ReturnType<typeof requester>,
): Promise<unknown> {
  if (deed.do !== 'revoke') return null;
  const { kind, reason } = deed;
  const project = model.access.projects.get(projectId);
  const version = Number(table.items.get(`PROJECT#${projectId}\u0000PROJECT`)?.version ?? 1);
  const grantId = project?.grants.at(-1)?.id ?? `g-${'0'.repeat(26)}`;
  const body =
    kind === 'member'
      ? { kind, person: who, reason }
      : kind === 'grant'
        ? { kind, grantId, reason }
        : { kind, reason };
  return revokeFromProject(committee, sender, projectId, body, version, key);
}

async function withdraw(
  { granted, clock }: World,
  model: RegisterModel,
  { projectId }: Request,
  studies: readonly string[],
): Promise<void> {
  const collection = model.access.grantOf(projectId)?.collection;
  if (collection === undefined) return;
  const withdrawalId = newId('w', clock);
  await granted.markWithdrawn(withdrawalId, studies);
  for (const told of await granted.withGrantsFor([collection]))
    await granted.tell(told.projectId, { withdrawalId, collection, studies }, null);
}

/** Until ten minutes before midnight in London on the last day of access, if that is to come. */
function waitForEnd({ clock }: World, { access }: RegisterModel, projectId: string): void {
  const grant = access.grantOf(projectId);
  if (grant === null) return;
  const day = access.lastDayOf(grant);
  const winter = new Date(`${day}T23:50:00Z`);
  const end = dayOf(winter) === day ? winter : new Date(winter.getTime() - 3_600_000);
  if (end > clock.now()) clock.moveTo(end);
}

/** The configuration gives a collection an earlier last day than it had. */
function shorten({ collections, clock }: World, name: string, days: number): void {
  const index = collections.findIndex(({ id }) => id === name);
  const found = collections[index];
  const endsOn = dayAfter(clock.now(), days);
  if (found === undefined || found.legalBasis.endsOn <= endsOn) return;
  collections[index] = { ...found, legalBasis: { ...found.legalBasis, endsOn } };
}
