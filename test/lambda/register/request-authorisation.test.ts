import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { AssuranceSettings } from '../../../lambda/platform/assurance.contract';
import { readRequestPerson } from '../../../lambda/platform/request-person';
import type { Role } from '../../../lambda/platform/roles.contract';
import { findPerson, recordPerson } from '../../../lambda/register/people';
import { authoriseRequest } from '../../../lambda/register/request-authorisation';
import { createTokenVerifier } from '../../../lambda/register/token-verifier';
import { TestIssuer } from './issuer-fixture';
import { makeRegister, officer, trusts } from './register-fixture';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await TestIssuer.start();
});
afterAll(() => issuer.stop());

async function makeAuthority() {
  const { table, clock, committee } = await makeRegister();
  const lines: string[] = [];
  const note = (message: string, fields?: object) => {
    lines.push(JSON.stringify([message, fields]));
  };
  return {
    table,
    clock,
    committee,
    lines,
    assurance: null,
    firstOfficers: ['officer-1'],
    log: { info: note, warn: note, error: note },
    verifier: createTokenVerifier({
      issuer: issuer.name,
      audience: 'nmip',
      accessTokens: { type: 'at+jwt' },
      clock,
      timeoutMilliseconds: 2000,
    }),
  };
}

const eventWith = (headers: Record<string, string>) =>
  ({
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-west-2:123456789012:abcdef1234/v/GET/v1/me',
    headers,
  }) as unknown as APIGatewayRequestAuthorizerEvent;

const contextOf = (result: Awaited<ReturnType<typeof authoriseRequest>>) => readRequestPerson(result.context);

describe('the authoriser of the REST API', () => {
  test('lets a known person in with the roles of the register, whatever the token claims', async () => {
    const authority = await makeAuthority();
    const token = await issuer.token('reviewer-1', authority.clock.now(), {
      claims: { roles: ['officer'], role: 'officer', person: '{"roles":["officer"]}' },
    });
    const result = await authoriseRequest(authority, eventWith({ Authorization: `Bearer ${token}` }));
    expect(contextOf(result)).toMatchObject({
      subject: 'reviewer-1',
      roles: ['reviewer'],
      organisation: 'Northfield University',
    });
    expect(result.principalId).toBe((await findPerson(authority.table, 'reviewer-1'))?.pseudonym);
    expect(result.policyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: ['arn:aws:execute-api:eu-west-2:123456789012:abcdef1234/v/*'],
      },
    ]);
  });

  test('sees a role that was taken away at the next request', async () => {
    const authority = await makeAuthority();
    const token = await issuer.token('reviewer-1', authority.clock.now());
    await recordPerson(authority.committee, trusts, officer, 'reviewer-1', { roles: [] });
    const result = await authoriseRequest(authority, eventWith({ authorization: `bearer ${token}` }));
    expect(contextOf(result).roles).toEqual([]);
  });

  test('lets an unknown person in without roles', async () => {
    const authority = await makeAuthority();
    const token = await issuer.token('nobody', authority.clock.now());
    const result = await authoriseRequest(authority, eventWith({ authorization: `Bearer ${token}` }));
    expect(result.principalId).toBe('unknown');
    expect(contextOf(result)).toMatchObject({ subject: 'nobody', pseudonym: null, roles: [] });
  });

  test('makes first officers officers', async () => {
    const authority = await makeAuthority();
    const token = await issuer.token('officer-1', authority.clock.now());
    const result = await authoriseRequest(authority, eventWith({ authorization: `Bearer ${token}` }));
    expect(contextOf(result).roles).toEqual(['officer']);
  });

  test.each<[string, (token: string) => Record<string, string>]>([
    ['no header', () => ({})],
    ['another scheme', (token) => ({ authorization: `Basic ${token}` })],
    ['two headers', (token) => ({ authorization: `Bearer ${token}`, Authorization: `Bearer ${token}` })],
    ['something after the token', (token) => ({ authorization: `Bearer ${token} x` })],
    ['half a token', (token) => ({ authorization: `Bearer ${token.slice(0, -40)}` })],
  ])('answers Unauthorized to %s', async (_case, headers) => {
    const authority = await makeAuthority();
    const token = await issuer.token('reviewer-1', authority.clock.now());
    await expect(authoriseRequest(authority, eventWith(headers(token)))).rejects.toThrow(/^Unauthorized$/);
  });

  describe('where sign-ins must be strong', () => {
    const assurance = { claim: 'acr', levels: { high: ['AAL2', 'AAL3'] } };
    const askAs = async (subject: string, claims: object, settings: AssuranceSettings = assurance) => {
      const authority = { ...(await makeAuthority()), assurance: settings };
      const record = (who: string, roles: Role[]) =>
        recordPerson(authority.committee, trusts, officer, who, {
          roles,
          trust: 'RX1',
          organisation: 'Northfield',
        });
      await record('auditor-1', ['auditor', 'applicant']);
      await record('uploader-1', ['uploader']);
      const token = await issuer.token(subject, authority.clock.now(), { claims: claims as never });
      return contextOf(await authoriseRequest(authority, eventWith({ authorization: `Bearer ${token}` })));
    };

    test.each([
      ['reviewer-1', ['reviewer']],
      ['officer-1', ['officer']],
      ['auditor-1', ['auditor']],
    ])('%s has the role by a strong one only', async (subject, withheldRoles) => {
      expect((await askAs(subject, { acr: 'AAL2' })).roles).toEqual(expect.arrayContaining(withheldRoles));
      for (const claims of [
        { acr: 'AAL1' },
        {},
        { acr: 'aal2' },
        { acr: 'AAL2 ' },
        { acr: 'AAL1 AAL2' },
        { acr: { AAL2: true } },
        { acr: true },
        { amr: ['AAL2'] },
      ])
        expect([claims, (await askAs(subject, claims)).signIn]).toEqual([
          claims,
          { level: 'low', withheldRoles },
        ]);
    });

    test('roles that decide nothing stay', async () => {
      expect(await askAs('auditor-1', {})).toMatchObject({ roles: ['applicant'] });
      expect(await askAs('uploader-1', {})).toMatchObject({ roles: ['uploader'] });
    });

    test('the claim may be another one, and a list', async () => {
      const settings = { claim: 'amr', levels: { high: ['mfa'] }, acrValues: ['mfa'] };
      expect((await askAs('reviewer-1', { amr: ['pwd', 'mfa'] }, settings)).signIn.level).toBe('high');
      expect((await askAs('reviewer-1', { amr: ['pwd'], acr: 'mfa' }, settings)).signIn.level).toBe('low');
    });

    test('a member of the prototype is no claim', async () => {
      const settings = { claim: 'constructor', levels: { high: ['x'] }, acrValues: ['x'] };
      expect((await askAs('reviewer-1', {}, settings)).signIn.level).toBe('low');
    });
  });

  describe('tells machines from people', () => {
    const machine = { kind: 'machine' as const, roles: ['uploader' as const], trust: 'RX1' };
    const askAs = async (subject: string, claims: object) => {
      const authority = { ...(await makeAuthority()), firstOfficers: ['officer-1', 'first-machine'] };
      await recordPerson(authority.committee, trusts, officer, 'machine-rx1', machine);
      const token = await issuer.token(subject, authority.clock.now(), { claims: claims as never });
      return authoriseRequest(authority, eventWith({ authorization: `Bearer ${token}` }));
    };

    test.each(['client_id', 'azp'])('by %s, which is the subject of its token', async (claim) => {
      const result = await askAs('machine-rx1', { [claim]: 'machine-rx1' });
      expect(contextOf(result)).toMatchObject({ roles: ['uploader'], trust: 'RX1' });
    });

    test('and lets a machine reach what sending needs, known or not', async () => {
      for (const subject of ['machine-rx1', 'machine-of-nobody']) {
        const [statement] = (await askAs(subject, { client_id: subject })).policyDocument.Statement;
        expect(statement).toMatchObject({ Effect: 'Allow' });
        const resources = (statement as { Resource: string[] }).Resource.map((each) =>
          each.replace('arn:aws:execute-api:eu-west-2:123456789012:abcdef1234/v/', ''),
        );
        expect(resources).toEqual([
          'GET/v1/me',
          '*/v1/submissions',
          '*/v1/submissions/*',
          'GET/v1/quarantine',
          'GET/v1/quarantine/*',
        ]);
      }
    });

    test.each([
      ['a person’s token for a machine’s record', 'machine-rx1', { client_id: 'nmip-cli' }],
      ['a token that names no client for a machine’s record', 'machine-rx1', {}],
      ['a client’s token for a person’s record', 'reviewer-1', { client_id: 'reviewer-1' }],
      ['a client’s token for a first officer', 'first-machine', { client_id: 'first-machine' }],
    ])('%s gives no role', async (_what, subject, claims) => {
      expect(contextOf(await askAs(subject, claims)).roles).toEqual([]);
    });
  });

  test('refuses a header that was sent twice, though API Gateway passes the last on', async () => {
    const authority = await makeAuthority();
    const token = `Bearer ${await issuer.token('reviewer-1', authority.clock.now())}`;
    const event = {
      ...eventWith({ authorization: token }),
      multiValueHeaders: { authorization: ['Bearer a.b.c', token] },
    };
    await expect(authoriseRequest(authority, event)).rejects.toThrow('Unauthorized');
  });

  test('logs the code of a refusal and nothing of the token', async () => {
    const authority = await makeAuthority();
    const token = await issuer.token('reviewer-1', authority.clock.now(), { claims: { aud: 'another' } });
    await expect(
      authoriseRequest(authority, eventWith({ authorization: `Bearer ${token}` })),
    ).rejects.toThrow('Unauthorized');
    expect(authority.lines).toEqual(['["token refused",{"code":"TOKEN_AUDIENCE"}]']);
  });
});
