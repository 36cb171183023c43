import { generateKeyPair, SignJWT } from 'jose';
import { createTokenVerifier, type TokenVerifier } from '../../../lambda/register/token-verifier';
import { TestIssuer } from './issuer-fixture';
import { refusalOf, SetClock } from './register-fixture';

let issuer: TestIssuer;
let clock: SetClock;
let verifier: TokenVerifier;
const now = new Date('2026-11-02T09:00:00.000Z');
const seconds = now.getTime() / 1000;

beforeAll(async () => {
  issuer = await TestIssuer.start();
});
afterAll(() => issuer.stop());
beforeEach(() => {
  clock = new SetClock(now);
  verifier = createTokenVerifier({
    issuer: issuer.name,
    audience: 'nmip',
    accessTokens: { type: 'at+jwt' },
    clock,
    timeoutMilliseconds: 2000,
  });
});

const unsigned = (header: object, payload: object) =>
  [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
const goodClaims = () => ({
  iss: issuer.name,
  aud: 'nmip',
  sub: 'applicant-1',
  iat: seconds,
  exp: seconds + 900,
});

describe('an access token', () => {
  test.each(['ES256', 'RS256', 'PS256'])('signed %s is taken', async (alg) => {
    expect(await verifier.verify(await issuer.token('applicant-1', now, { alg }))).toMatchObject({
      subject: 'applicant-1',
      project: null,
      machine: false,
    });
  });

  test('may name the project it was made for', async () => {
    const project = `p-${'0'.repeat(26)}`;
    const token = await issuer.token('applicant-1', now, { claims: { nmip_project: project } });
    expect((await verifier.verify(token)).project).toBe(project);
  });

  test.each<[string, string, Parameters<TestIssuer['token']>[2]]>([
    ['expired', 'TOKEN_EXPIRED', { claims: { exp: seconds - 61 } }],
    ['not yet valid', 'TOKEN_NOT_YET_VALID', { claims: { nbf: seconds + 61 } }],
    ['issued in the future', 'TOKEN_NOT_YET_VALID', { claims: { iat: seconds + 61 } }],
    ['issued more than 12 hours ago', 'TOKEN_EXPIRED', { claims: { iat: seconds - 12 * 3600 - 61 } }],
    ['for another audience', 'TOKEN_AUDIENCE', { claims: { aud: 'another' } }],
    ['of another issuer', 'TOKEN_ISSUER', { claims: { iss: 'https://elsewhere.example' } }],
    ['that is an ID token', 'TOKEN_TYPE', { typ: 'JWT' }],
    ['without an end', 'TOKEN_CLAIM', { claims: { exp: undefined } }],
    ['without a time of issue', 'TOKEN_CLAIM', { claims: { iat: undefined } }],
    ['without a subject', 'TOKEN_CLAIM', { claims: { sub: undefined } }],
    ['whose subject would cut a key in two', 'TOKEN_CLAIM', { claims: { sub: 'a#b' } }],
    ['whose subject has an invisible character', 'TOKEN_CLAIM', { claims: { sub: 'officer\u200b-1' } }],
    ['whose project is no project', 'TOKEN_CLAIM', { claims: { nmip_project: 'p-../x' } }],
    ['signed with an algorithm that is not on the list', 'TOKEN_ALGORITHM', { alg: 'ES384' }],
    ['that names a key which the issuer does not have', 'TOKEN_KEY', { kid: 'unknown' }],
  ])('%s is refused', async (_kind, code, overrides) => {
    expect(await refusalOf(verifier.verify(await issuer.token('applicant-1', now, overrides)))).toBe(code);
  });

  test.each<[string, Parameters<TestIssuer['token']>[2]]>([
    ['an end', { claims: { exp: seconds - 59 } }],
    ['a beginning', { claims: { nbf: seconds + 59 } }],
  ])('is forgiven a minute at %s', async (_which, overrides) => {
    expect(await verifier.verify(await issuer.token('applicant-1', now, overrides))).toBeTruthy();
  });

  test('signed by somebody else under the issuer’s key id is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await issuer.token('applicant-1', now, { key: privateKey });
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_SIGNATURE');
  });

  test('whose payload was exchanged is refused', async () => {
    const [header, , signature] = (await issuer.token('applicant-1', now)).split('.');
    const [, payload] = (await issuer.token('officer-1', now)).split('.');
    expect(await refusalOf(verifier.verify(`${header}.${payload}.${signature}`))).toBe('TOKEN_SIGNATURE');
  });

  test.each(['none', 'None', 'nOnE'])('with algorithm %s is refused', async (alg) => {
    const token = `${unsigned({ alg, typ: 'at+jwt' }, goodClaims())}.`;
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_ALGORITHM');
  });

  test('signed with a public key as a shared secret is refused', async () => {
    const secret = new TextEncoder().encode('a public key that everybody knows, used as a secret');
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'RS256' })
      .sign(secret);
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_ALGORITHM');
  });

  test.each([
    ['nothing', ''],
    ['two parts', 'a.b'],
    ['four parts', 'a.b.c.d'],
    ['no base64url', '%%%.%%%.%%%'],
    ['no JSON', 'YQ.YQ.YQ'],
    ['more than 8 KiB', `${'a'.repeat(8_200)}.a.a`],
  ])('of %s is refused', async (_kind, token) => {
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_MALFORMED');
  });
});

describe('the issuer', () => {
  test('is asked once for many tokens', async () => {
    issuer.requests.length = 0;
    const token = await issuer.token('applicant-1', now);
    await Promise.all([verifier.verify(token), verifier.verify(token)]);
    await verifier.verify(token);
    expect(issuer.requests.sort()).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('whose discovery names another is not trusted', async () => {
    issuer.nameInDiscovery = 'https://elsewhere.example';
    try {
      const token = await issuer.token('applicant-1', now);
      await expect(verifier.verify(token)).rejects.toThrow('discovery names another issuer');
    } finally {
      issuer.nameInDiscovery = undefined;
    }
    // An issuer that failed is left alone for five seconds.
    clock.moveBy(5);
    expect(await verifier.verify(await issuer.token('applicant-1', now))).toBeTruthy();
  });

  test('is never asked without TLS, save on loopback', async () => {
    const plain = createTokenVerifier({
      issuer: 'http://sign-in.example',
      audience: 'nmip',
      accessTokens: { type: 'at+jwt' },
      clock,
      timeoutMilliseconds: 100,
    });
    await expect(plain.verify(await issuer.token('applicant-1', now))).rejects.toThrow('https');
  });
});
