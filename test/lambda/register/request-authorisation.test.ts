import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { readRequestPerson } from '../../../lambda/platform/request-person';
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
    firstOfficers: ['officer-1'],
    log: { info: note, warn: note, error: note },
    verifier: createTokenVerifier({
      issuer: issuer.name,
      audience: 'nmip',
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
        Resource: 'arn:aws:execute-api:eu-west-2:123456789012:abcdef1234/v/*',
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

  test('logs the code of a refusal and nothing of the token', async () => {
    const authority = await makeAuthority();
    const token = await issuer.token('reviewer-1', authority.clock.now(), { claims: { aud: 'another' } });
    await expect(
      authoriseRequest(authority, eventWith({ authorization: `Bearer ${token}` })),
    ).rejects.toThrow('Unauthorized');
    expect(authority.lines).toEqual(['["token refused",{"code":"TOKEN_AUDIENCE"}]']);
  });
});
