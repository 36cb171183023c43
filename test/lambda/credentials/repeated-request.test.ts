import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { chainOf } from '../../../lambda/register/applications';
import { verifyHistory } from '../../../lambda/register/history';
import { approveOne, changeGrants, makeRegister, refusalOf } from '../register/register-fixture';
import { makeIssuer, secrets, uidRoot } from './credentials-fixture';

/** A request for a credential that comes again under its Idempotency-Key: after a lost answer, or a killed process. */

const key = 'attempts-of-one-command';

async function makeProject() {
  const fixture = await makeRegister();
  const { projectId } = await approveOne(fixture, { members: ['member-1'] });
  const issuer = makeIssuer(fixture);
  let sessions = 0;
  const { assume } = issuer.sessions;
  const numbered = {
    ...issuer,
    sessions: {
      assume: async (request: Parameters<typeof assume>[0]) => {
        const session = await assume(request);
        sessions += 1;
        return { ...session, accessKeyId: `ASIA${sessions}` };
      },
    },
  };
  const items = () => fixture.table.partition(`PROJECT#${projectId}`);
  return {
    ...fixture,
    projectId,
    issuer,
    ask: (studies: string[] | null = null, under: string | null = key, subject = 'member-1') =>
      issueCredentials(numbered, { subject, projectId, studies }, under ?? undefined),
    issues: () => items().filter(({ sk }) => sk.startsWith('ISSUE#')),
    events: () =>
      items()
        .filter(({ sk, type }) => sk.startsWith('EVENT#') && String(type).startsWith('credential-'))
        .map(({ type }) => type),
  };
}

/** Dies when it asks STS: the process is gone, and nothing more happens. */
const killed = (): Promise<never> => new Promise(() => {});

describe('a repeated request for a credential', () => {
  test('after a lost answer has a session of its own under the same issue and event', async () => {
    const { ask, issues, events, issuer, projectId, table } = await makeProject();
    await ask();
    const again = await ask();
    expect(again).toMatchObject({ ...secrets, accessKeyId: 'ASIA2' });
    expect(events()).toEqual(['credential-issued']);
    expect(issues()).toMatchObject([
      { state: 'delivered', deliveries: 2, accessKeyIds: ['ASIA1', 'ASIA2'], version: 4 },
    ]);
    expect(new Set(issuer.asked.map(({ sessionName }) => sessionName)).size).toBe(1);
    expect(await verifyHistory(table, chainOf(projectId))).toMatchObject({ intact: true });
  });

  test('after a process that was killed before STS goes on with its issue', async () => {
    const { ask, issues, events, issuer } = await makeProject();
    issuer.onAssume = killed;
    void ask();
    while (issuer.asked.length === 0) await new Promise(setImmediate);
    expect(issues()).toMatchObject([{ state: 'recorded', deliveries: 1, accessKeyIds: [] }]);
    issuer.onAssume = async () => {};
    await ask();
    expect(events()).toEqual(['credential-issued']);
    expect(issues()).toMatchObject([{ state: 'delivered', deliveries: 2, accessKeyIds: ['ASIA1'] }]);
  });

  test('ten at once are one issue and one event, and the record names every session', async () => {
    const { ask, issues, events, issuer } = await makeProject();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(events()).toEqual(['credential-issued']);
    expect(issues()).toMatchObject([{ deliveries: 10 }]);
    expect(
      issues()
        .flatMap(({ accessKeyIds }) => accessKeyIds as string[])
        .sort(),
    ).toEqual(answers.map(({ accessKeyId }) => accessKeyId).sort());
    expect(issuer.asked).toHaveLength(10);
    expect(await refusalOf(ask())).toBe('CREDENTIAL_REQUEST_OLD');
  });

  test('that comes after the window is told so, and nothing is made', async () => {
    const { ask, clock, issuer, events } = await makeProject();
    await ask();
    clock.moveBy(31);
    expect(await refusalOf(ask())).toBe('CREDENTIAL_REQUEST_OLD');
    expect(issuer.asked).toHaveLength(1);
    expect(events()).toEqual(['credential-issued']);
  });

  test('with another body is refused', async () => {
    const { ask, issuer } = await makeProject();
    await ask();
    expect(await refusalOf(ask([`${uidRoot}.7.1.1`]))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(issuer.asked).toHaveLength(1);
  });

  test('of somebody else under the same key is another request', async () => {
    const { ask, issues } = await makeProject();
    await ask();
    await ask(null, key, 'applicant-1');
    expect(issues()).toHaveLength(2);
  });

  test('after a revocation is refused, although its issue was before', async () => {
    const fixture = await makeProject();
    const { ask, projectId, clock, issuer, events } = fixture;
    await ask();
    await changeGrants(fixture, projectId, (granted) => ({
      ...granted,
      status: 'revoked',
      revokedAt: clock.now().toISOString(),
      revokedBy: `r-${'0'.repeat(26)}`,
      reason: 'security',
    }));
    expect(await refusalOf(ask())).toBe('NO_ACTIVE_GRANT');
    expect(await refusalOf(ask())).toBe('NO_ACTIVE_GRANT');
    expect(issuer.asked).toHaveLength(1);
    expect(events()).toEqual(['credential-issued', 'credential-refused']);
  });

  test('that was refused is refused again, without another event', async () => {
    const { ask, events } = await makeProject();
    expect(await refusalOf(ask(null, key, 'reviewer-1'))).toBe('NOT_A_MEMBER');
    expect(await refusalOf(ask(null, key, 'reviewer-1'))).toBe('NOT_A_MEMBER');
    expect(events()).toEqual(['credential-refused']);
  });

  test('after STS made no session is a new issue', async () => {
    const { ask, issues, events, issuer } = await makeProject();
    issuer.onAssume = async () => {
      throw new Error('STS is down');
    };
    expect(await refusalOf(ask())).toBe('SESSION_NOT_MADE');
    issuer.onAssume = async () => {};
    await ask();
    expect(events()).toEqual(['credential-issued', 'credential-failed', 'credential-issued']);
    expect(
      issues()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['delivered', 'failed']);
  });

  test('without a key is a new request each time', async () => {
    const { ask, events } = await makeProject();
    const without = () => ask(null, null);
    await without();
    await without();
    expect(events()).toEqual(['credential-issued', 'credential-issued']);
  });
});
