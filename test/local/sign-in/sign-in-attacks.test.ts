import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { SignIn } from '../../../local/sign-in/sign-in';
import { cloneInThisRealm } from './clone-in-realm';
import { codeByScript, signInByScript } from './sign-in-by-script';

const portalOrigin = 'http://127.0.0.1:1';
const machine = 'machine-rx1';

describe('the embedded issuer', () => {
  let folder: string;
  let server: Server;
  let issuer: string;
  let signIn: SignIn;

  beforeAll(async () => {
    cloneInThisRealm();
    folder = mkdtempSync(join(tmpdir(), 'sign-in-'));
    server = createServer((request, response) => void signIn.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sign-in`;
    signIn = await SignIn.create({ dataFolder: folder, issuer, audience: 'nmip', portalOrigin });
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const askForToken = async (fields: Record<string, string>) => {
    const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(fields) });
    return {
      status: answer.status,
      body: (await answer.json()) as { error?: string; access_token: string; refresh_token: string },
    };
  };
  const refresh = (token: string, client = 'nmip-cli') =>
    askForToken({ grant_type: 'refresh_token', refresh_token: token, client_id: client });

  describe('says how somebody signed in', () => {
    it.each([
      ['none', 'AAL1', ['pwd']],
      ['security-key', 'AAL2', ['pwd', 'hwk', 'mfa']],
    ] as const)('in the access token: %s', async (secondFactor, acr, amr) => {
      const { access_token } = await signInByScript(issuer, 'reviewer-1', { secondFactor });
      expect(decodeJwt(access_token)).toMatchObject({ acr, amr });
    });

    it('also in a renewed one, which is no stronger', async () => {
      const { refresh_token = '' } = await signInByScript(issuer, 'reviewer-1', {
        secondFactor: 'none',
        scope: 'openid offline_access',
      });
      const { body } = await refresh(refresh_token);
      expect(decodeJwt(body.access_token)).toMatchObject({ acr: 'AAL1', amr: ['pwd'] });
    });

    it('and offers the factor that a client asks for', async () => {
      const offered = async (acrValues: string) => {
        const { page } = await codeByScript(issuer, 'reviewer-1', { acrValues });
        return /value="([a-z-]+)" checked/.exec(page)?.[1];
      };
      expect(await offered('AAL2')).toBe('security-key');
      expect(await offered('AAL1')).toBe('none');
    });
  });

  describe('takes nothing twice', () => {
    it('no authorisation code, and ends what came of it', async () => {
      const { exchange } = await codeByScript(issuer, 'member-1', { scope: 'openid offline_access' });
      const first = await askForToken(exchange);
      expect(first.status).toBe(200);
      expect(await askForToken(exchange)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect((await refresh(first.body.refresh_token)).body.error).toBe('invalid_grant');
    });

    it('no code of somebody else’s sign-in: the verifier does not fit', async () => {
      const stolen = await codeByScript(issuer, 'member-1');
      const own = await codeByScript(issuer, 'applicant-1');
      const injected = { ...stolen.exchange, code_verifier: own.exchange.code_verifier ?? '' };
      expect((await askForToken(injected)).body.error).toBe('invalid_grant');
    });

    it('no refresh token: each use makes another, and a second use ends them all', async () => {
      const { refresh_token = '' } = await signInByScript(issuer, 'member-1', {
        scope: 'openid offline_access',
      });
      const next = (await refresh(refresh_token)).body.refresh_token;
      expect(next).not.toBe(refresh_token);
      expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
      expect((await refresh(next)).body.error).toBe('invalid_grant');
    });

    it('no refresh token of another client', async () => {
      const { refresh_token = '' } = await signInByScript(issuer, 'member-1', {
        scope: 'openid offline_access',
      });
      expect((await refresh(refresh_token, 'nmip-portal')).body.error).toBe('invalid_grant');
    });
  });

  describe('knows the web pages', () => {
    const ask = (change: Record<string, string>) => {
      const question = {
        client_id: 'nmip-portal',
        redirect_uri: `${portalOrigin}/signed-in`,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'a'.repeat(43),
        code_challenge_method: 'S256',
        ...change,
      };
      return fetch(`${issuer}/auth?${new URLSearchParams(question)}`, { redirect: 'manual' });
    };

    it('by code and PKCE', async () => {
      expect((await ask({})).headers.get('location')).toContain('/interaction/');
    });

    it.each([
      ['a token in the address', { response_type: 'token' }],
      ['an ID token in the address', { response_type: 'id_token', nonce: 'n' }],
      ['a plain challenge', { code_challenge_method: 'plain' }],
      ['another redirect', { redirect_uri: `${portalOrigin}/signed-in/../evil` }],
      ['a redirect on another port', { redirect_uri: 'http://127.0.0.1:2/signed-in' }],
    ])('and not by %s', async (_what, change) => {
      const answer = await ask(change);
      expect(answer.headers.get('location') ?? '').not.toContain('/interaction/');
      expect([400, 303]).toContain(answer.status);
    });

    it('and lets them alone call the token endpoint from a browser', async () => {
      const allowed = async (origin: string) => {
        const headers = { origin };
        const body = new URLSearchParams({
          client_id: 'nmip-portal',
          grant_type: 'authorization_code',
          code: 'x',
        });
        const answer = await fetch(`${issuer}/token`, { method: 'POST', headers, body });
        return answer.headers.get('access-control-allow-origin');
      };
      expect(await allowed(portalOrigin)).toBe(portalOrigin);
      expect(await allowed('http://evil.example')).toBeNull();
    });
  });

  describe('knows machines by their keys', () => {
    const keyFile = () => join(folder, 'sign-in', 'machines', `${machine}.pem`);
    const assertion = (
      claims: JWTPayload = {},
      key = createPrivateKey(readFileSync(keyFile(), 'utf8')),
    ): Promise<string> =>
      new SignJWT({
        iss: machine,
        sub: machine,
        aud: `${issuer}/token`,
        jti: randomUUID(),
        iat: Math.floor(Date.now() / 1000),
        exp: Math.floor(Date.now() / 1000) + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(key);
    const grant = async (signed: string, change: Record<string, string> = {}) =>
      askForToken({
        grant_type: 'client_credentials',
        client_id: machine,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: signed,
        ...change,
      });

    it('keeps the private key for its owner alone', () => {
      expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    });

    it('whose tokens name the client as subject, and no sign-in', async () => {
      const { body } = await grant(await assertion());
      const claims = decodeJwt(body.access_token);
      expect(claims).toMatchObject({ sub: machine, client_id: machine, aud: 'nmip' });
      expect(claims).not.toHaveProperty('acr');
    });

    it('takes an assertion once', async () => {
      const signed = await assertion();
      expect((await grant(signed)).status).toBe(200);
      expect((await grant(signed)).body.error).toBe('invalid_client');
    });

    it.each<[string, () => Promise<string>]>([
      ['for somebody else', () => assertion({ aud: 'https://elsewhere.example/token' })],
      ['of another machine', () => assertion({ iss: 'machine-ry2' })],
      ['that has expired', () => assertion({ exp: Math.floor(Date.now() / 1000) - 120 })],
      ['without a number', () => assertion({ jti: undefined })],
      [
        'signed by another key',
        () => assertion({}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      ],
    ])('takes no assertion %s', async (_what, make) => {
      expect((await grant(await make())).body.error).toBe('invalid_client');
    });

    it('and lets a machine sign in as nobody else', async () => {
      const { exchange } = await codeByScript(issuer, 'officer-1');
      const answer = await grant(await assertion(), { ...exchange, client_id: machine });
      expect(answer.status).toBe(400);
      expect(answer.body).not.toHaveProperty('access_token');
    });
  });
});
