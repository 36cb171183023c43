import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type generateKeyPair, type JWK, SignJWT } from 'jose';

export type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a test may change of the issuer's behaviour. */
export interface IssuerFaults {
  nonce: (asked: string) => string;
  accessTokenSeconds: number;
}

/** An OIDC issuer below `/issuer` of an address, which signs everybody in. */
export class FakeIssuer {
  readonly tokens: string[] = [];
  readonly revoked: string[] = [];
  private readonly codes = new Map<string, { nonce: string; challenge: string; redirectUri: string }>();
  private readonly refreshTokens = new Set<string>();
  private readonly accessTokens = new Set<string>();

  constructor(
    private readonly keys: Keys,
    private readonly jwk: JWK,
    private readonly address: string,
    private readonly settings: IssuerFaults,
  ) {}

  gave(accessToken: string): boolean {
    return this.accessTokens.has(accessToken);
  }

  private async tokenAnswer(nonce: string | null): Promise<unknown> {
    const access = randomBytes(12).toString('hex');
    const refresh = randomBytes(12).toString('hex');
    this.tokens.push(access, refresh);
    this.accessTokens.add(access);
    this.refreshTokens.add(refresh);
    const idToken = await new SignJWT({ email: 'uploader@trust.example', ...(nonce ? { nonce } : {}) })
      .setProtectedHeader({ alg: 'ES256', kid: 'test' })
      .setIssuer(`${this.address}/issuer`)
      .setAudience('nmip-cli')
      .setSubject('uploader-1')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(this.keys.privateKey);
    return {
      access_token: access,
      refresh_token: refresh,
      id_token: idToken,
      token_type: 'Bearer',
      expires_in: this.settings.accessTokenSeconds,
    };
  }

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const path = url.pathname.slice('/issuer'.length);
    const issuer = `${this.address}/issuer`;
    if (path === '/.well-known/openid-configuration')
      return void json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        revocation_endpoint: `${issuer}/revoke`,
        device_authorization_endpoint: `${issuer}/device`,
        scopes_supported: ['openid', 'email', 'offline_access'],
        authorization_response_iss_parameter_supported: true,
      });
    if (path === '/jwks') return void json(200, { keys: [this.jwk] });
    if (path === '/authorize') {
      const code = randomBytes(8).toString('hex');
      const redirectUri = url.searchParams.get('redirect_uri') ?? '';
      this.codes.set(code, {
        nonce: this.settings.nonce(url.searchParams.get('nonce') ?? ''),
        challenge: url.searchParams.get('code_challenge') ?? '',
        redirectUri,
      });
      const target = new URL(redirectUri);
      target.searchParams.set('code', code);
      target.searchParams.set('state', url.searchParams.get('state') ?? '');
      target.searchParams.set('iss', issuer);
      return void response.writeHead(303, { location: target.toString() }).end();
    }
    const form = new URLSearchParams((await readBody(request)).toString());
    if (path === '/revoke') {
      this.revoked.push(form.get('token') ?? '');
      return void json(200, {});
    }
    if (path === '/device')
      return void json(200, {
        device_code: 'device',
        user_code: 'WDJB-MJHT',
        verification_uri: `${issuer}/device`,
        expires_in: 60,
        interval: 0,
      });
    if (form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code')
      return void json(200, await this.tokenAnswer(null));
    if (form.get('grant_type') === 'refresh_token') {
      const known = this.refreshTokens.delete(form.get('refresh_token') ?? '');
      return void (known ? json(200, await this.tokenAnswer(null)) : json(400, { error: 'invalid_grant' }));
    }
    const code = this.codes.get(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code === undefined || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri'))
      return void json(400, { error: 'invalid_grant' });
    json(200, await this.tokenAnswer(code.nonce));
  }
}
