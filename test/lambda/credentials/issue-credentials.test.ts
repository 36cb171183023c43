import { issueCredentials } from '../../../lambda/credentials/issue-credentials';
import { chainOf } from '../../../lambda/register/applications';
import { verifyHistory } from '../../../lambda/register/history';
import { findPerson, recordPerson } from '../../../lambda/register/people';
import { project } from '../../../lambda/register/project.contract';
import { changeRegister } from '../../../lambda/register/register-change';
import { projectKey } from '../../../lambda/register/register-table';
import { RegisterGrantedProjects } from '../../../lambda/withdrawal/granted-projects';
import {
  approveOne,
  changeGrants,
  chest,
  makeRegister,
  officer,
  type RegisterFixture,
  refusalOf,
  trusts,
} from '../register/register-fixture';
import { makeIssuer, researcherRole, secrets, uidRoot } from './credentials-fixture';

const study = `${uidRoot}.7.1.${'4'.repeat(30)}`;

async function makeProject() {
  const fixture = await makeRegister();
  const { projectId } = await approveOne(fixture, { members: ['member-1'] });
  return { ...fixture, projectId, issuer: makeIssuer(fixture) };
}

const eventsOf = ({ table }: RegisterFixture, projectId: string) =>
  table.partition(`PROJECT#${projectId}`).filter((item) => item.sk.startsWith('EVENT#'));
const issuesOf = ({ table }: RegisterFixture, projectId: string) =>
  table.partition(`PROJECT#${projectId}`).filter((item) => item.sk.startsWith('ISSUE#'));

const revokeGrant = (fixture: RegisterFixture, projectId: string) =>
  changeGrants(fixture, projectId, (granted) => ({
    ...granted,
    status: 'revoked',
    revokedAt: fixture.clock.now().toISOString(),
    revokedBy: `r-${'0'.repeat(26)}`,
    reason: 'security',
  }));

describe('a credential', () => {
  test('is none for a machine, though an application named it as a member', async () => {
    const fixture = await makeRegister();
    const { projectId } = await approveOne(fixture, { members: ['sender-1'] });
    await recordPerson(fixture.committee, trusts, officer, 'sender-1', {
      kind: 'machine',
      roles: ['uploader'],
      trust: 'RX1',
    });
    const issuer = makeIssuer(fixture);
    expect(await refusalOf(issueCredentials(issuer, { subject: 'sender-1', projectId, studies: null }))).toBe(
      'NOT_A_MEMBER',
    );
    expect(issuer.asked).toEqual([]);
  });

  test('goes to a member, for an hour, for the role of collection and access mode', async () => {
    const fixture = await makeProject();
    const { issuer, projectId, clock } = fixture;
    const answer = await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    expect(answer).toMatchObject({
      accessKeyId: 'ASIAEXAMPLE',
      ...secrets,
      expiration: new Date(clock.now().getTime() + 3_600_000).toISOString(),
      region: 'eu-west-2',
      dicomwebEndpoint: 'https://dicom.example',
      grantId: expect.stringMatching(/^g-/),
    });
    const [asked] = issuer.asked;
    expect(asked).toMatchObject({
      roleArn: researcherRole(7, 'dae-only'),
      durationSeconds: 3600,
      tags: { ProjectId: projectId, GrantId: answer.grantId },
    });
    expect(asked?.policy).toContain(`"${uidRoot}.7.1.*"`);
  });

  test('names its person by the pseudonym of the register, never by subject', async () => {
    const { issuer, projectId, table } = await makeProject();
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    const [asked] = issuer.asked;
    expect(asked?.sourceIdentity).toBe((await findPerson(table, 'member-1'))?.pseudonym);
    expect(asked?.sourceIdentity).toMatch(/^[\w+=,.@-]{2,64}$/);
    expect(JSON.stringify(asked)).not.toContain('member-1');
  });

  test('for listed studies lives 15 minutes and names them', async () => {
    const { issuer, projectId } = await makeProject();
    await issueCredentials(issuer, { subject: 'applicant-1', projectId, studies: [study] });
    expect(issuer.asked[0]).toMatchObject({ durationSeconds: 900 });
    expect(issuer.asked[0]?.policy).toContain(
      `{"StringEquals":{"medical-imaging:StudyInstanceUID":["${study}"]}}`,
    );
  });

  test('stands in the register, with its event and outbox item, before STS is asked', async () => {
    const fixture = await makeProject();
    const { issuer, projectId, table } = fixture;
    let seen: unknown[] = [];
    issuer.onAssume = async () => {
      seen = [
        issuesOf(fixture, projectId).map((item) => item.state),
        eventsOf(fixture, projectId).at(-1)?.type,
        table.partition('OUTBOX').filter((item) => JSON.stringify(item.event).includes('credential-issued'))
          .length,
      ];
    };
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    expect(seen).toEqual([['recorded'], 'credential-issued', 1]);
    expect(issuesOf(fixture, projectId)).toMatchObject([
      { state: 'delivered', packedPolicySize: 41, accessKeyIds: ['ASIAEXAMPLE'], deliveries: 1 },
    ]);
  });

  test.each([
    [null, 0],
    [79, 0],
    [80, 1],
    [100, 1],
  ])('whose policy fills %p per cent of what STS takes is counted %p times', async (percent, times) => {
    const { issuer, projectId } = await makeProject();
    issuer.packedPolicySize = percent;
    await issueCredentials(issuer, { subject: 'applicant-1', projectId, studies: null });
    expect(issuer.fullPolicies).toBe(times);
  });

  test('leaves nothing secret in the register or in the log', async () => {
    const { issuer, projectId, table } = await makeProject();
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: [study] });
    issuer.onAssume = async () => {
      throw new Error(`STS said: ${secrets.sessionToken}`);
    };
    await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }));
    for (const text of [JSON.stringify(table.partition()), issuer.lines.join('\n')]) {
      expect(text).not.toContain(secrets.secretAccessKey);
      expect(text).not.toContain(secrets.sessionToken);
    }
    expect(issuer.lines.join('\n')).not.toMatch(/member-1|1\.3\.6\.1/);
  });

  test('that STS does not make is told of, and nobody holds it', async () => {
    const fixture = await makeProject();
    const { issuer, projectId, table } = fixture;
    issuer.onAssume = async () => {
      throw new Error('AccessDenied');
    };
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'SESSION_NOT_MADE',
    );
    expect(issuesOf(fixture, projectId)).toMatchObject([{ state: 'failed', code: 'SESSION_NOT_MADE' }]);
    expect(
      eventsOf(fixture, projectId)
        .slice(-2)
        .map((event) => event.type),
    ).toEqual(['credential-issued', 'credential-failed']);
    expect(await verifyHistory(table, chainOf(projectId))).toMatchObject({ intact: true });
  });

  test('that waited too long for STS is not delivered', async () => {
    const { issuer, projectId, clock, table } = await makeProject();
    const late = {
      ...issuer,
      table: {
        get: table.get.bind(table),
        getMany: table.getMany.bind(table),
        query: table.query.bind(table),
        queryAll: table.queryAll.bind(table),
        increment: table.increment.bind(table),
        raise: table.raise.bind(table),
        transact: async (writes: Parameters<typeof table.transact>[0]) => {
          const result = await table.transact(writes);
          clock.moveBy(31);
          return result;
        },
      },
    };
    expect(await refusalOf(issueCredentials(late, { subject: 'member-1', projectId, studies: null }))).toBe(
      'SESSION_NOT_MADE',
    );
    expect(issuer.asked).toEqual([]);
  });
});

describe('the end of a grant', () => {
  test.each([
    ['more than an hour away', '2027-10-31T22:00:00Z', 3600],
    ['half an hour away', '2027-10-31T23:29:59Z', 1740],
    ['sixteen minutes away', '2027-10-31T23:43:59Z', 900],
  ])('%s: the session ends before it', async (_when, now, durationSeconds) => {
    const { issuer, projectId, clock } = await makeProject();
    clock.moveTo(now);
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    expect(issuer.asked[0]?.durationSeconds).toBe(durationSeconds);
  });

  test.each([
    ['less than sixteen minutes away', '2027-10-31T23:44:00Z', 'GRANT_ENDS_TOO_SOON'],
    ['past', '2027-11-01T00:00:00Z', 'NO_ACTIVE_GRANT'],
  ])('%s: refused', async (_when, now, code) => {
    const { issuer, projectId, clock } = await makeProject();
    clock.moveTo(now);
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      code,
    );
    expect(issuer.asked).toEqual([]);
  });

  test('comes with the legal basis where that ends first', async () => {
    const { issuer, projectId, clock } = await makeProject();
    const shorter = {
      ...issuer,
      collections: [{ ...chest, legalBasis: { ...chest.legalBasis, endsOn: '2026-11-30' } }],
    };
    clock.moveTo('2026-11-30T23:29:59Z');
    await issueCredentials(shorter, { subject: 'member-1', projectId, studies: null });
    expect(issuer.asked[0]?.durationSeconds).toBe(1740);
    clock.moveTo('2026-12-01T00:00:00Z');
    expect(
      await refusalOf(issueCredentials(shorter, { subject: 'member-1', projectId, studies: null })),
    ).toBe('LEGAL_BASIS_ENDED');
  });
});

describe('a refusal', () => {
  test.each([
    ['somebody who is not a member', 'applicant-2', null, 'NOT_A_MEMBER'],
    ['a reviewer of the application', 'reviewer-1', null, 'NOT_A_MEMBER'],
    ['somebody whom nobody knows', 'nobody', null, 'NOT_A_MEMBER'],
    ['a study of another collection', 'member-1', [`${uidRoot}.8.1.1`], 'STUDY_OUTSIDE_GRANT'],
    ['a held-out study', 'member-1', [`${uidRoot}.7.2.1`], 'STUDY_OUTSIDE_GRANT'],
    ['a held-out study among others', 'member-1', [study, `${uidRoot}.7.2.1`], 'STUDY_OUTSIDE_GRANT'],
  ])('meets %s, and stands in the history', async (_who, subject, studies, code) => {
    const fixture = await makeProject();
    const { issuer, projectId, table } = fixture;
    expect(await refusalOf(issueCredentials(issuer, { subject, projectId, studies }))).toBe(code);
    expect(issuer.asked).toEqual([]);
    expect(issuesOf(fixture, projectId)).toEqual([]);
    expect(eventsOf(fixture, projectId).at(-1)).toMatchObject({
      type: 'credential-refused',
      data: { code },
      actor: (await findPerson(table, subject))?.pseudonym ?? 'unknown',
    });
  });

  test('for a project that there is not writes nothing', async () => {
    const { issuer, table } = await makeProject();
    const before = table.items.size;
    expect(
      await refusalOf(
        issueCredentials(issuer, { subject: 'member-1', projectId: `p-${'0'.repeat(26)}`, studies: null }),
      ),
    ).toBe('PROJECT_NOT_FOUND');
    expect(table.items.size).toBe(before);
  });

  test('follows a revocation that comes between reading and writing', async () => {
    const fixture = await makeProject();
    const { issuer, projectId, table } = fixture;
    table.beforeTransact = () => revokeGrant(fixture, projectId);
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'NO_ACTIVE_GRANT',
    );
    expect(issuer.asked).toEqual([]);
    expect(issuesOf(fixture, projectId)).toEqual([]);
  });

  test('meets whoever asks for a study that a withdrawal took, from its list or its collection, and no other study', async () => {
    const fixture = await makeRegister();
    const [gone, kept] = [`${uidRoot}.7.1.5`, `${uidRoot}.7.1.6`];
    const listing = await approveOne(fixture, { scope: { kind: 'studies', studies: [gone, kept] } });
    const whole = await approveOne(fixture);
    const issuer = makeIssuer(fixture);
    const withdrawal = new RegisterGrantedProjects(fixture.table, fixture.clock);
    await withdrawal.markWithdrawn(`w-${'0'.repeat(26)}`, [gone]);
    for (const { projectId } of [listing, whole]) {
      const ask = (...studies: string[]) =>
        issueCredentials(issuer, { subject: 'applicant-1', projectId, studies });
      expect(await refusalOf(ask(gone))).toBe('STUDY_WITHDRAWN');
      expect(await refusalOf(ask(kept, gone))).toBe('STUDY_WITHDRAWN');
      expect(await refusalOf(ask(kept))).toBe('no refusal');
    }
  });

  test('meets a credential that was decided on before the withdrawal took its study', async () => {
    const fixture = await makeProject();
    const withdrawal = new RegisterGrantedProjects(fixture.table, fixture.clock);
    fixture.table.beforeTransact = async () => {
      fixture.table.beforeTransact = undefined;
      await withdrawal.markWithdrawn(`w-${'0'.repeat(26)}`, [study]);
    };
    const asked = issueCredentials(fixture.issuer, {
      subject: 'member-1',
      projectId: fixture.projectId,
      studies: [study],
    });
    expect(await refusalOf(asked)).toBe('STUDY_WITHDRAWN');
    expect(fixture.issuer.asked).toEqual([]);
  });

  test('meets everybody once the project is revoked', async () => {
    const { issuer, projectId, table } = await makeProject();
    const found = await table.get(projectKey(projectId), project);
    if (found === null) throw new Error('no project');
    const revoked = {
      status: 'revoked',
      revokedAt: '2026-11-02T09:00:00.000Z',
      revokedBy: 'schedule',
      reason: 'security',
    };
    await table.transact([{ put: { ...projectKey(projectId), ...found, ...revoked, version: 2 } }]);
    expect(await refusalOf(issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }))).toBe(
      'PROJECT_NOT_ACTIVE',
    );
  });
});

describe('the time of an issue', () => {
  test('is never before that of an event before it, although clocks differ', async () => {
    const fixture = await makeProject();
    const { issuer, projectId, clock } = fixture;
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    clock.moveBy(-20);
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    const [first, second] = eventsOf(fixture, projectId).slice(-2);
    expect(second?.at).toBe(first?.at);
    expect(issuesOf(fixture, projectId).map(({ issuedAt }) => issuedAt)).toEqual([first?.at, first?.at]);
  });

  test('is not made up: a clock more than a minute behind refuses, and a revocation passes', async () => {
    const fixture = await makeProject();
    const { issuer, projectId, clock } = fixture;
    await issueCredentials(issuer, { subject: 'member-1', projectId, studies: null });
    clock.moveBy(-61);
    const request = { subject: 'member-1', projectId, studies: null };
    expect(await refusalOf(issueCredentials(issuer, request))).toBe('CLOCKS_DIFFER');
    expect(eventsOf(fixture, projectId).at(-1)).toMatchObject({ data: { code: 'CLOCKS_DIFFER' } });
    await changeRegister<null>(fixture.table, chainOf(projectId), async () => ({
      writes: [],
      facts: [{ type: 'credential-refused', data: { code: 'NOT_A_MEMBER', grantId: null } }],
      actor: 'schedule',
      at: clock.now(),
      result: null,
    }));
    const [issued, , last] = eventsOf(fixture, projectId).slice(-3);
    expect(last?.at).toBe(issued?.at);
  });
});

test('many requests at once each have one issue and one event, in an intact chain', async () => {
  const fixture = await makeProject();
  const { issuer, projectId, table } = fixture;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      issueCredentials(issuer, { subject: 'member-1', projectId, studies: null }),
    ),
  );
  const issued = eventsOf(fixture, projectId).filter((event) => event.type === 'credential-issued');
  expect(issued).toHaveLength(20);
  expect(issuesOf(fixture, projectId)).toHaveLength(20);
  expect(await verifyHistory(table, chainOf(projectId))).toMatchObject({ intact: true });
});
