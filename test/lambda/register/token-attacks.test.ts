import { createHash, generateKeyPairSync } from 'node:crypto';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { authoriseRequest } from '../../../lambda/register/request-authorisation';
import { createTokenVerifier, type TokenVerifier } from '../../../lambda/register/token-verifier';
import { TestIssuer } from './issuer-fixture';
import { makeRegister, refusalOf, SetClock } from './register-fixture';

const now = new Date('2026-11-02T09:00:00.000Z');
const seconds = now.getTime() / 1000;

let issuer: TestIssuer;
let other: TestIssuer;
let verifier: TokenVerifier;
let attacker: { privateKey: CryptoKey; publicKey: CryptoKey };

beforeAll(async () => {
  [issuer, other] = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
  attacker = await generateKeyPair('ES256', { extractable: true });
});
afterAll(async () => {
  await Promise.all([issuer.stop(), other.stop()]);
});
beforeEach(() => {
  verifier = createTokenVerifier({
    issuer: issuer.name,
    audience: 'nmip',
    accessTokens: { type: 'at+jwt' },
    clock: new SetClock(now),
    timeoutMilliseconds: 2000,
  });
});

const goodClaims = () => ({
  iss: issuer.name,
  aud: 'nmip',
  sub: 'officer-1',
  iat: seconds,
  exp: seconds + 900,
});
const forged = (header: Partial<JWTHeaderParameters>, key: CryptoKey | Uint8Array = attacker.privateKey) =>
  new SignJWT(goodClaims()).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header }).sign(key);
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token whose header says anything, with a signature that nobody made. */
const unsigned = (header: object) => `${encoded(header)}.${encoded(goodClaims())}.${'A'.repeat(86)}`;

describe('a token that brings its own key', () => {
  test.each(['jwk', 'x5c', 'jku', 'x5u'])(
    'by the header %s is refused, and nobody fetches one',
    async (name) => {
      const values: Record<string, unknown> = {
        jwk: await exportJWK(attacker.publicKey),
        x5c: ['MIIB'],
        jku: `${other.name}/keys`,
        x5u: `${other.name}/keys`,
      };
      other.requests.length = 0;
      const token = await forged({ kid: 'ES256', [name]: values[name] });
      expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_HEADER');
      expect(other.requests).toEqual([]);
    },
  );

  test('for the Key ID of the issuer is refused by its signature', async () => {
    expect(await refusalOf(verifier.verify(await forged({ kid: 'ES256' })))).toBe('TOKEN_SIGNATURE');
  });

  test('of another issuer is refused, though that one signs it well', async () => {
    const token = await other.token('officer-1', now, { claims: { iss: issuer.name } });
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_SIGNATURE');
  });
});

describe('a header', () => {
  test.each([
    '../../keys/ES256',
    '/dev/null',
    'ES256\u0000',
    "ES256' OR '1'='1",
    'https://evil.example/key',
    '__proto__',
    '',
    'ЕS256',
  ])('with the Key ID %j finds no key', async (kid) => {
    expect(await refusalOf(verifier.verify(await forged({ kid })))).toBe('TOKEN_KEY');
  });

  test.each<[string, object, string]>([
    ['a Key ID that is a list', { alg: 'ES256', typ: 'at+jwt', kid: ['ES256'] }, 'TOKEN_HEADER'],
    [
      'an extension that must be understood',
      { alg: 'ES256', typ: 'at+jwt', crit: ['exp'], exp: 1 },
      'TOKEN_HEADER',
    ],
    ['an unencoded payload', { alg: 'ES256', typ: 'at+jwt', crit: ['b64'], b64: false }, 'TOKEN_HEADER'],
    ['a list of algorithms', { alg: ['ES256', 'none'], typ: 'at+jwt' }, 'TOKEN_ALGORITHM'],
    ['no algorithm', { typ: 'at+jwt' }, 'TOKEN_ALGORITHM'],
    ['algorithm none with a signature', { alg: 'none', typ: 'at+jwt' }, 'TOKEN_ALGORITHM'],
    ['an algorithm with a space', { alg: 'none ', typ: 'at+jwt' }, 'TOKEN_ALGORITHM'],
    ['encryption', { alg: 'RSA-OAEP', enc: 'A256GCM', typ: 'at+jwt' }, 'TOKEN_ALGORITHM'],
    ['an algorithm of the prototype', { alg: 'constructor', typ: 'at+jwt' }, 'TOKEN_ALGORITHM'],
  ])('with %s is refused before a key is sought', async (_what, header, code) => {
    issuer.requests.length = 0;
    expect(await refusalOf(verifier.verify(unsigned(header)))).toBe(code);
    expect(issuer.requests).toEqual([]);
  });

  test('that takes the issuer’s public key for a shared secret is refused (key confusion)', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const secret = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
    for (const alg of ['HS256', 'HS384', 'HS512'])
      expect(await refusalOf(verifier.verify(await forged({ alg, kid: 'RS256' }, secret)))).toBe(
        'TOKEN_ALGORITHM',
      );
  });

  test('of one algorithm over the key of another is refused', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await forged({ alg: 'RS256', kid: 'ES256' }, privateKey);
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_KEY');
  });
});

describe('an issuer or audience', () => {
  test.each<[string, () => object, string]>([
    ['issuer with a slash', () => ({ iss: `${issuer.name}/` }), 'TOKEN_ISSUER'],
    ['issuer in capitals', () => ({ iss: issuer.name.toUpperCase() }), 'TOKEN_ISSUER'],
    ['issuer as a list', () => ({ iss: [issuer.name] }), 'TOKEN_ISSUER'],
    ['issuer that only begins like ours', () => ({ iss: `${issuer.name}.evil.example` }), 'TOKEN_ISSUER'],
    ['no issuer', () => ({ iss: undefined }), 'TOKEN_CLAIM'],
    ['audience in capitals', () => ({ aud: 'NMIP' }), 'TOKEN_AUDIENCE'],
    ['audience with a look-alike', () => ({ aud: 'nm\u0456p' }), 'TOKEN_AUDIENCE'],
    ['audience that is an object', () => ({ aud: { 0: 'nmip', length: 1 } }), 'TOKEN_AUDIENCE'],
    ['list of others', () => ({ aud: ['nmip-cli', 'account'] }), 'TOKEN_AUDIENCE'],
    ['empty list', () => ({ aud: [] }), 'TOKEN_AUDIENCE'],
  ])('%s is refused', async (_what, change, code) => {
    const token = await issuer.token('officer-1', now, { claims: change() as never });
    const refused = await refusalOf(verifier.verify(token));
    // A claim that is not there is missing from the required ones, whichever check comes first.
    expect(code === 'TOKEN_CLAIM' ? ['TOKEN_CLAIM', 'TOKEN_ISSUER'] : [code]).toContain(refused);
  });

  test('of several audiences ours is enough (RFC 7519 §4.1.3)', async () => {
    const token = await issuer.token('officer-1', now, { claims: { aud: ['account', 'nmip'] } });
    expect(await verifier.verify(token)).toMatchObject({ subject: 'officer-1' });
  });
});

describe('a subject', () => {
  test.each([
    ['Cyrillic letter', '\u043efficer-1'],
    ['full-width letter', '\uff4fficer-1'],
    ['zero-width space', 'officer\u200b-1'],
    ['zero-width joiner', 'officer\u200d-1'],
    ['text that runs the other way', '\u202eofficer-1'],
    ['combining accent', 'o\u0301fficer-1'],
    ['new line', 'officer-1\n'],
    ['null character', 'officer-1\u0000'],
    ['space at its end', 'officer-1 '],
    ['separator of keys', 'officer-1#PERSON'],
    ['non-breaking hyphen', 'officer\u20111'],
    ['nothing', ''],
    ['256 characters', 'a'.repeat(256)],
  ])('with a %s is refused', async (_what, subject) => {
    expect(await refusalOf(verifier.verify(await issuer.token(subject, now)))).toBe('TOKEN_CLAIM');
  });

  test.each<[string, unknown]>([
    ['a list', ['officer-1']],
    ['an object', { toString: 'officer-1' }],
    ['a number', 1],
  ])('that is %s is refused', async (_what, sub) => {
    const token = await issuer.token('x', now, { claims: { sub: sub as string } });
    expect(await refusalOf(verifier.verify(token))).toBe('TOKEN_CLAIM');
  });

  test('in another case is somebody else', async () => {
    expect((await verifier.verify(await issuer.token('Officer-1', now))).subject).toBe('Officer-1');
  });
});

describe('clocks', () => {
  test.each<[string, object, string | null]>([
    ['ended 59 s ago', { exp: seconds - 59 }, null],
    ['ended 61 s ago', { exp: seconds - 61 }, 'TOKEN_EXPIRED'],
    ['begins in 59 s', { nbf: seconds + 59 }, null],
    ['begins in 61 s', { nbf: seconds + 61 }, 'TOKEN_NOT_YET_VALID'],
    ['was issued in 59 s', { iat: seconds + 59 }, null],
    ['was issued in 61 s', { iat: seconds + 61 }, 'TOKEN_NOT_YET_VALID'],
    ['ends never, by a text', { exp: 'never' }, 'TOKEN_CLAIM'],
    ['ends in a time that is no number', { exp: null }, 'TOKEN_CLAIM'],
  ])('a token that %s', async (_what, claims, code) => {
    const verdict = verifier.verify(await issuer.token('officer-1', now, { claims: claims as never }));
    if (code === null) expect((await verdict).subject).toBe('officer-1');
    else expect(await refusalOf(verdict)).toBe(code);
  });
});

describe('an issuer that writes no at+jwt', () => {
  const marked = (mark: { claim: string; value?: string }) =>
    createTokenVerifier({
      issuer: issuer.name,
      audience: 'nmip',
      accessTokens: { type: 'JWT', mark },
      clock: new SetClock(now),
      timeoutMilliseconds: 2000,
    });
  const jwt = (claims: object) => issuer.token('applicant-1', now, { typ: 'JWT', claims: claims as never });

  test.each<[string, { claim: string; value?: string }, object]>([
    ['Entra’s scope', { claim: 'scp' }, { scp: 'access_as_user', appid: 'client' }],
    ['Keycloak’s claim typ', { claim: 'typ', value: 'Bearer' }, { typ: 'Bearer', azp: 'nmip-cli' }],
    ['one scope of several', { claim: 'scope', value: 'nmip' }, { scope: 'openid nmip', client_id: 'c' }],
    ['a list', { claim: 'scope', value: 'nmip' }, { scope: ['openid', 'nmip'], client_id: 'c' }],
  ])('its access tokens are known by %s', async (_what, mark, claims) => {
    expect((await marked(mark).verify(await jwt(claims))).subject).toBe('applicant-1');
  });

  test.each<[string, { claim: string; value?: string }, object]>([
    ['an ID token for the same audience', { claim: 'scp' }, {}],
    ['an ID token of Keycloak', { claim: 'typ', value: 'Bearer' }, { typ: 'ID', azp: 'nmip' }],
    ['a refresh token of Keycloak', { claim: 'typ', value: 'Bearer' }, { typ: 'Refresh', azp: 'nmip-cli' }],
    ['a token for the client itself', { claim: 'scp' }, { scp: 'x', azp: 'nmip' }],
    ['a token with the hash of another', { claim: 'scp' }, { scp: 'x', at_hash: 'x' }],
    ['an empty mark', { claim: 'scp' }, { scp: '' }],
    ['a longer word', { claim: 'scope', value: 'nmip' }, { scope: 'openid nmip-read' }],
    ['a mark of the prototype', { claim: 'constructor' }, {}],
  ])('%s is refused', async (_what, mark, claims) => {
    expect(await refusalOf(marked(mark).verify(await jwt(claims)))).toBe('TOKEN_TYPE');
  });

  test('a token of type at+jwt is not taken where JWT is configured', async () => {
    const token = await issuer.token('applicant-1', now, { claims: { scp: 'x' } });
    expect(await refusalOf(marked({ claim: 'scp' }).verify(token))).toBe('TOKEN_TYPE');
  });
});

test('whatever is wrong with a token, the log has its code and nothing of it', async () => {
  const { table, clock } = await makeRegister();
  clock.moveTo(now);
  const lines: string[] = [];
  const note = (message: string, fields?: object) => {
    lines.push(JSON.stringify([message, fields]));
  };
  const authority = {
    table,
    verifier,
    assurance: null,
    firstOfficers: ['officer-1'],
    log: { info: note, warn: note, error: note },
  };
  const secret = createHash('sha256').update('needle').digest('hex');
  const tokens = [
    `${secret}.${secret}.${secret}`,
    unsigned({ alg: 'none', typ: 'at+jwt', kid: secret }),
    await forged({ kid: secret }),
    await forged({ kid: 'ES256', jku: `https://${secret}.example` }),
    await issuer.token(`${secret}#`, now),
    await issuer.token(secret, now, { claims: { aud: secret } }),
    await issuer.token(secret, now, { claims: { iss: secret } }),
    await issuer.token(secret, now, { typ: secret }),
  ];
  for (const token of tokens) {
    const event = {
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:eu-west-2:123456789012:abcdef1234/v/GET/v1/me',
      headers: { Authorization: `Bearer ${token}` },
      multiValueHeaders: { Authorization: [`Bearer ${token}`] },
    } as unknown as APIGatewayRequestAuthorizerEvent;
    await expect(authoriseRequest(authority, event)).rejects.toThrow(/^Unauthorized$/);
  }
  expect(lines).toHaveLength(tokens.length);
  for (const line of lines) {
    expect(line).toMatch(/^\["token refused",\{"code":"TOKEN_[A-Z_]+"\}\]$/);
    expect(line).not.toContain(secret);
  }
});
