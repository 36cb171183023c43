import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chainOf } from '../../lambda/register/applications';
import { verifyHistory } from '../../lambda/register/history';
import { systemTimer } from '../../local/aws/states/timer';
import type { FaultPoints, RequestFault, RequestPoint } from '../../local/faults/fault-points';
import { type AccessPlatform, type Answer, members, startAccessPlatform, typesOf } from './access-platform';
import { newDataFolder } from './demonstration';

/** A request of the issuer at which its process is to be killed. */
interface Moment {
  readonly service: 'dynamodb' | 'sts';
  readonly operation?: string;
  /** Such requests that pass before, counted over all processes. */
  readonly after: number;
  readonly when: Extract<RequestFault, { kind: 'kill' }>['when'];
}

/** Kills processes of credentials-api at chosen requests, and counts what was asked of STS. */
class Killer implements FaultPoints {
  private moment: Moment | undefined;
  private left = 0;
  kills = 0;
  sessionsAsked = 0;

  arm(moment: Moment): void {
    this.moment = moment;
    this.left = moment.after;
    this.kills = 0;
    this.sessionsAsked = 0;
  }

  request({ service, operation, functionName }: RequestPoint): RequestFault | undefined {
    if (functionName !== 'credentials/credentials-api') return undefined;
    if (service === 'sts') this.sessionsAsked += 1;
    const { moment } = this;
    if (moment === undefined || service !== moment.service) return undefined;
    if (moment.operation !== undefined && moment.operation !== operation) return undefined;
    this.left -= 1;
    // Two processes run at once: the second kill meets the other one.
    if (this.left >= 0 || this.kills === 2) return undefined;
    this.kills += 1;
    return { kind: 'kill', when: moment.when };
  }

  invocation = () => undefined;
  invocationBegan = () => {};
  invocationEnded = () => {};
  deliveries = () => [0];
  importJobs: FaultPoints['importJobs'] = (actions) => actions;
  optOutAnswers: FaultPoints['optOutAnswers'] = (_request, text) => [{ text, afterMilliseconds: 0 }];
  objectWritten = () => {};
  killPlatform(): never {
    throw new Error('nobody asked for that');
  }
}

const transact = { service: 'dynamodb', operation: 'TransactWriteItems' } as const;

const put = { service: 'dynamodb', operation: 'PutItem' } as const;

/** A request writes its decision in a transaction, asks STS, and puts the delivery. */
const moments: [string, Moment][] = [
  ['before its decision is written down', { ...transact, after: 0, when: 'before' }],
  ['as its decision is written down', { ...transact, after: 0, when: 'after' }],
  ['before STS is asked', { service: 'sts', after: 0, when: 'before' }],
  ['as STS has made the session', { service: 'sts', after: 0, when: 'after' }],
  ['before the delivery is written down', { ...put, after: 0, when: 'before' }],
  ['in the middle of them all', { ...transact, after: 2, when: 'after' }],
];

describe('credentials under load', () => {
  const data = newDataFolder();
  const killer = new Killer();
  const received: Answer[] = [];
  let access: AccessPlatform;

  beforeAll(async () => {
    access = await startAccessPlatform(data, 1 + moments.length, {
      points: killer,
      timer: systemTimer,
      nodeArguments: [],
    });
  }, 180_000);

  afterAll(async () => {
    await access?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  async function booksOf(projectId: string) {
    const [issues, events, verdict] = await Promise.all([
      access.records(projectId, 'ISSUE#'),
      access.records(projectId, 'EVENT#'),
      verifyHistory(access.register, chainOf(projectId)),
    ]);
    const issued = typesOf(events, 'credential-issued');
    const idsOf = (records: Record<string, unknown>[]) =>
      records.map(({ data }) => (data as { credentialId: string }).credentialId).sort();
    expect(verdict).toMatchObject({ intact: true });
    // Each issue has its event, each event its issue, and neither is there twice.
    expect(idsOf(issued)).toEqual(issues.map(({ id }) => id).sort());
    return { issues, events, issued };
  }

  const keysOf = (issues: Record<string, unknown>[]) =>
    issues.flatMap(({ accessKeyIds }) => accessKeyIds as string[]);
  const keysIn = (answers: readonly Answer[]) =>
    answers.flatMap(({ status, body }) => (status === 201 ? [body.accessKeyId] : []));

  it('are issued to two hundred requests at once until the revocation among them, and to none after', async () => {
    const [projectId = ''] = access.projects;
    let answered = 0;
    let revoked: Promise<void> | undefined;
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const subject = members[index % members.length] ?? '';
        const answer = await access.ask(subject, projectId, `load-${index}`);
        answered += 1;
        if (answered === 60) revoked = access.revoke(projectId);
        return answer;
      }),
    );
    await revoked;
    received.push(...answers);
    const { issues, events, issued } = await booksOf(projectId);
    const [revocation] = typesOf(events, 'grant-revoked');

    expect(new Set(answers.map(({ status, body }) => `${status} ${body.code ?? ''}`))).toEqual(
      new Set(['201 ', '403 NO_ACTIVE_GRANT']),
    );
    expect(issued.every(({ sequence }) => Number(sequence) < Number(revocation?.sequence))).toBe(true);
    expect(issued.every(({ at }) => String(at) <= String(revocation?.at))).toBe(true);
    expect(issues.every(({ issuedAt }) => String(issuedAt) <= String(revocation?.at))).toBe(true);
    // Each request under its key was decided once, however often it was sent: an issue and its event, or a refusal.
    const refusals = typesOf(events, 'credential-refused');
    // Where an answer did not come in time, the revocation may have come between a request and its repetition.
    const decisions = issued.length + refusals.length;
    const sumOf = (of: 'keys' | 'failures') => answers.reduce((sum, answer) => sum + answer[of], 0);
    expect(decisions).toBeGreaterThanOrEqual(sumOf('keys'));
    expect(decisions).toBeLessThanOrEqual(sumOf('keys') + sumOf('failures'));
    const keys = keysOf(issues);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(keysIn(answers)));
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort());
  }, 120_000);

  it.each(moments)(
    'balance when processes are killed %s, and requests come again',
    async (_when, moment) => {
      const projectId = access.projects[1 + moments.findIndex(([, each]) => each === moment)] ?? '';
      killer.arm(moment);
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          access.ask(members[index % members.length] ?? '', projectId, `kill-${projectId}-${index}`),
        ),
      );
      received.push(...answers);
      const { issues } = await booksOf(projectId);
      expect(killer.kills).toBe(2);
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
      expect(issues).toHaveLength(6);
      const keys = keysOf(issues);
      expect(keys).toEqual(expect.arrayContaining(keysIn(answers)));
      expect(new Set(keys).size).toBe(keys.length);
      // Whatever was asked of STS was written down before.
      const deliveries = issues.reduce((sum, issue) => sum + Number(issue.deliveries), 0);
      expect(deliveries).toBeGreaterThanOrEqual(killer.sessionsAsked);
      expect(killer.sessionsAsked).toBeGreaterThanOrEqual(6);
    },
    120_000,
  );

  it('stand in no log', () => {
    const folder = join(data, 'logs');
    const logs = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    expect(logs).toContain('credential delivered');
    for (const { status, body } of received)
      if (status === 201) {
        expect(logs.includes(body.secretAccessKey ?? '')).toBe(false);
        expect(logs.includes(body.sessionToken ?? '')).toBe(false);
      }
  });
});
