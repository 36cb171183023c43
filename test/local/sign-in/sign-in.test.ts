import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { SignIn } from '../../../local/sign-in/sign-in';
import { signInByScript } from './sign-in-by-script';

describe('SignIn', () => {
  let folder: string;
  let server: Server;
  let issuer: string;
  let signIn: SignIn;

  const start = async (port = 0): Promise<void> => {
    server = createServer((request, response) => void signIn.handle(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sign-in`;
    signIn = await SignIn.create({
      dataFolder: folder,
      issuer,
      audience: 'nmip',
      portalOrigin: 'http://127.0.0.1:1',
    });
  };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sign-in-'));
    await start();
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const verify = (token: string) =>
    jwtVerify(token, createRemoteJWKSet(new URL(`${issuer}/jwks`)), {
      issuer,
      audience: 'nmip',
      typ: 'at+jwt',
    });

  it('gives an access token that is a JWT of the issuer for the audience', async () => {
    const { access_token } = await signInByScript(issuer, 'uploader-rx1');
    const { payload, protectedHeader } = await verify(access_token);
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ sub: 'uploader-rx1', client_id: 'nmip-cli' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  });

  it('gives an ID token that names the person', async () => {
    const { id_token } = await signInByScript(issuer, 'officer-1');
    const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
    const { payload } = await jwtVerify(id_token ?? '', keys, { issuer, audience: 'nmip-cli' });
    expect(payload).toMatchObject({ sub: 'officer-1', name: 'Officer of the platform' });
  });

  it('keeps its keys, so that a token outlives a restart', async () => {
    const { access_token } = await signInByScript(issuer, 'member-1');
    const { port } = server.address() as AddressInfo;
    await stop();
    await start(port);
    // The first request may meet a kept connection of the stopped server.
    await fetch(`${issuer}/jwks`).catch(() => undefined);
    await expect(verify(access_token)).resolves.toBeDefined();
  });

  it('gives nothing to somebody it does not know', async () => {
    await expect(signInByScript(issuer, 'nobody')).rejects.toThrow();
  });

  it('demands PKCE and a loopback redirect', async () => {
    const ask = (change: Record<string, string>) =>
      fetch(
        `${issuer}/auth?${new URLSearchParams({ client_id: 'nmip-cli', response_type: 'code', scope: 'openid', ...change })}`,
        { redirect: 'manual' },
      );
    const challenge = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
    const elsewhere = await ask({ redirect_uri: 'http://example.org/callback', ...challenge });
    expect(elsewhere.status).toBe(400);
    expect(elsewhere.headers.get('content-type')).toContain('text/html');
    const without = await ask({ redirect_uri: 'http://127.0.0.1:9/callback' });
    expect(without.headers.get('location')).toContain('error=invalid_request');
    const right = await ask({ redirect_uri: 'http://127.0.0.1:9/callback', ...challenge });
    expect(right.headers.get('location')).toContain('/sign-in/interaction/');
  });

  it('connects a device', async () => {
    const post = (path: string, body: Record<string, string>) =>
      fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(body) });
    const started = await (await post('/device/auth', { client_id: 'nmip-cli', scope: 'openid' })).json();
    const { device_code, user_code, verification_uri } = started as Record<string, string>;
    expect(verification_uri).toBe(`${issuer}/device`);
    const poll = () =>
      post('/token', {
        client_id: 'nmip-cli',
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: device_code ?? '',
      });
    expect(await (await poll()).json()).toMatchObject({ error: 'authorization_pending' });
    const jar = new Map<string, string>();
    let url = `${verification_uri}?user_code=${user_code}`;
    let form: URLSearchParams | undefined;
    let text = '';
    for (let step = 0; step < 12 && !text.includes('You are signed in'); step += 1) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form ? { method: 'POST', body: form } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
        jar.set(name, value);
      }
      form = undefined;
      text = await response.text();
      const location = response.headers.get('location');
      if (location) url = new URL(location, url).toString();
      else {
        const action = /<form[^>]+action="([^"]+)"/.exec(text)?.[1];
        const fields = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
          ([, name = '', value = '']) => [name, value] as [string, string],
        );
        form = new URLSearchParams([...fields, ['subject', 'auditor-1']]);
        if (action) url = new URL(action, url).toString();
      }
    }
    expect(text).toContain('You are signed in');
    const tokens = (await (await poll()).json()) as { access_token: string };
    expect((await verify(tokens.access_token)).payload.sub).toBe('auditor-1');
  });
});
