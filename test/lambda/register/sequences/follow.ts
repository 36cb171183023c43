import type { DicomwebAnswer } from '../../../../lambda/credentials/dicomweb-authorisation';
import type { SessionRequest } from '../../../../lambda/credentials/session-maker';
import { PlatformError } from '../../../../lambda/platform/platform-error';
import { uidRoot, viewerRole } from '../../credentials/credentials-fixture';
import { dayOf } from './access-model';
import type { Action, Deed } from './actions';
import { demand } from './known-people';
import { makeRequest, type Request, send } from './perform';
import { RegisterModel } from './register-model';
import { LostAnswer, makeWorld, type TableFault, type World } from './world';

/** What one request does once, however often it is sent. */
const once = new Set(
  ['application-drafted', 'application-submitted', 'application-closed', 'decision-recorded'].concat(
    ['assessment-submitted', 'assessment-accepted', 'assessment-returned', 'credential-issued'],
    ['member-revoked', 'grant-revoked', 'project-revoked', 'collection-closed', 'platform-closed'],
  ),
);

/** What a sender is told: an answer, or the code of a refusal. */
type Told = { readonly answer: unknown } | { readonly refused: string };

/** One sequence: the register, the model that judges it, and what they come to. */
export class Sequence {
  private firstFault: unknown = null;

  private constructor(
    readonly world: World,
    readonly model: RegisterModel,
  ) {}

  static async begin(seen: Map<string, number>, fault?: TableFault): Promise<Sequence> {
    const world = await makeWorld(fault);
    const sequence = new Sequence(world, new RegisterModel(world.collections, seen));
    sequence.settle();
    return sequence;
  }

  /** Has the model judge what was committed since; gives the types of its events. */
  private settle(): string[] {
    const { table } = this.world;
    const told: string[] = [];
    for (const commit of table.commits.splice(0)) {
      this.model.observe(commit);
      told.push(...commit.flatMap(({ sk, type }) => (sk.startsWith('EVENT#') ? [String(type)] : [])));
    }
    return told;
  }

  private async attempt(request: Request): Promise<Told> {
    const { deed, studies } = request;
    const asked = deed.do === 'ask' ? deed.studies : null;
    this.model.asking = asked?.flatMap((number) => studies[number] ?? []) ?? null;
    try {
      return { answer: await send(this.world, this.model, request) };
    } catch (error) {
      if (error instanceof LostAnswer) return { refused: 'LOST_ANSWER' };
      if (error instanceof PlatformError && error.code !== 'REGISTER_BUSY') return { refused: error.code };
      throw error;
    }
  }

  /** Somebody else's deed, between the read and the write of another. */
  private setRival(deed: Deed): void {
    const { table } = this.world;
    table.beforeTransact = async () => {
      const { asking } = this.model;
      const onAssume = this.world.issuer.onAssume;
      try {
        await this.attempt(makeRequest(this.world, this.model, deed));
        this.settle();
        this.model.count('rivals');
      } catch (error) {
        // what is under test may swallow what is thrown here
        this.firstFault ??= error;
      }
      this.model.asking = asking;
      this.world.issuer.onAssume = onAssume;
    };
  }

  /** One action, and all that must hold after it. */
  async act({ deed, rival, lost }: Action): Promise<void> {
    const { table, issuer, clock } = this.world;
    clock.moveBy(1);
    this.model.people.begin();
    const request = makeRequest(this.world, this.model, deed);
    const timeless = rival !== null && !/^(wait|shorten)/.test(rival.do);
    this.model.disturbed = timeless;
    if (timeless) this.setRival(rival);
    table.losesNextAnswer = lost && !timeless;
    const sessions = issuer.asked.length;
    let told = await this.attempt(request);
    const events = this.settle();
    if (lost && !timeless && !table.losesNextAnswer) {
      this.model.count('lost answers');
      told = await this.attempt(request);
      events.push(...this.settle());
      const counted = events.filter((type) => once.has(type));
      demand(new Set(counted).size === counted.length, 'a request that comes twice is done once');
    }
    table.losesNextAnswer = false;
    table.beforeTransact = undefined;
    if (this.firstFault !== null) throw this.firstFault;
    this.model.compare((pk, sk) => table.items.get(`${pk}\u0000${sk}`));
    for (const session of issuer.asked.slice(sessions)) this.expectBounded(session);
    if (deed.do === 'schedule') this.model.access.expectNothingOver(clock.now());
    if (deed.do === 'view' && 'answer' in told) this.expectView(request, told.answer as DicomwebAnswer);
    if ('refused' in told) this.expectReason(request, told.refused, timeless || lost);
  }

  /** A session that is made stands in the register, reads what was issued, and ends with the access. */
  private expectBounded({ sessionName, durationSeconds, policy = '', sourceIdentity, tags }: SessionRequest) {
    const { table, clock, collections } = this.world;
    const issue = table.items.get(`PROJECT#${tags.ProjectId}\u0000ISSUE#${sessionName}`);
    demand(issue?.person === sourceIdentity, 'a session is made of an issue in the register');
    // one that would live too long is thrown away, and nobody holds it
    if (issue.state !== 'delivered') return;
    const until = clock.now().getTime() + durationSeconds * 1000;
    demand(until <= Date.parse(String(issue.expiresAt)), 'no session outlives its issue');
    const grant = this.model.access.of(String(tags.ProjectId)).grants.find(({ id }) => id === tags.GrantId);
    demand(grant !== undefined && dayOf(new Date(until)) <= grant.endsOn, 'no session outlives its grant');
    const { arc } = collections.find(({ id }) => id === grant.collection) ?? { arc: 0 };
    const [condition] = Object.values(JSON.parse(policy).Statement[0].Condition as object);
    const [scope] = Object.values(condition as object);
    const issued = issue.studies ?? `${uidRoot}.${arc}.1.*`;
    demand(JSON.stringify(scope) === JSON.stringify(issued), 'a session reads what was issued');
  }

  /** A viewer is let in by the one role of what its person may read whole, and by nothing else. */
  private expectView({ deed, by, projectId }: Request, { roleArn }: DicomwebAnswer): void {
    if (deed.do !== 'view') return;
    const { access } = this.model;
    const open = [...access.projects.values()].filter(({ id }) => {
      const obstacles = access.obstacles(by, id, null, this.world.clock.now());
      return obstacles.every((code) => code === 'GRANT_ENDS_TOO_SOON');
    });
    const among = deed.named ? open.filter(({ id }) => id === projectId) : open;
    const roles = among.flatMap(({ id }) => {
      const grant = access.grantOf(id);
      const arc = this.world.collections.find((each) => each.id === grant?.collection)?.arc ?? 0;
      return grant === null ? [] : [viewerRole(arc, grant.accessMode)];
    });
    const [role, ...others] = deed.operation.startsWith('Search') ? [] : new Set(roles);
    const expected = role !== undefined && others.length === 0 ? role : '';
    this.model.count(expected === '' ? 'viewer denied' : 'viewer admitted');
    demand(roleArn === expected, 'a viewer is let in where its person may read, and nowhere else');
  }

  /** Nobody is refused for a reason that is not so; where others were at work meanwhile, this cannot be said. */
  private expectReason({ deed, by, applicationId }: Request, code: string, disturbed: boolean): void {
    this.model.count(`${deed.do}: ${code}`);
    const application = this.model.committee.applications.get(applicationId);
    if (deed.do !== 'decide' || application === undefined || disturbed) return;
    const judged = /^(REVIEWER_|ALREADY_DECIDED|ROLE_REQUIRED|APPLICATION_NOT_OPEN)/.test(code);
    const bars = this.model.committee.bars(application, by);
    demand(!judged || bars.includes(code), `no reviewer is refused for what is not so: ${code}`);
  }
}
