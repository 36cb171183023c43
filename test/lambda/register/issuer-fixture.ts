import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** An OIDC issuer on loopback: discovery, keys, and tokens as asked for. */
export class TestIssuer {
  private constructor(
    private readonly server: Server,
    private readonly keys: Map<string, CryptoKey>,
    /** Requests answered, by path. */
    readonly requests: string[],
    public nameInDiscovery: string | undefined,
  ) {}

  static async start(): Promise<TestIssuer> {
    const keys = new Map<string, CryptoKey>();
    const publicKeys: object[] = [];
    for (const alg of ['ES256', 'RS256', 'PS256', 'ES384']) {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      keys.set(alg, privateKey);
      publicKeys.push({ ...(await exportJWK(publicKey)), alg, kid: alg, use: 'sig' });
    }
    const requests: string[] = [];
    const issuer: { current?: TestIssuer } = {};
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      const self = issuer.current;
      if (self === undefined) return response.writeHead(503).end();
      const body =
        request.url === '/keys'
          ? { keys: publicKeys }
          : { issuer: self.nameInDiscovery ?? self.name, jwks_uri: `${self.name}/keys` };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer.current = new TestIssuer(server, keys, requests, undefined);
    return issuer.current;
  }

  get name(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A good token for `subject`, but for what is overridden. `undefined` leaves a claim out. */
  async token(
    subject: string,
    now: Date,
    overrides: { claims?: JWTPayload; alg?: string; typ?: string; kid?: string; key?: CryptoKey } = {},
  ): Promise<string> {
    const seconds = Math.floor(now.getTime() / 1000);
    const { claims = {}, alg = 'ES256', typ = 'at+jwt', kid = alg } = overrides;
    const key = overrides.key ?? this.keys.get(alg);
    if (key === undefined) throw new Error(`no key for ${alg}`);
    return new SignJWT({
      iss: this.name,
      aud: 'nmip',
      sub: subject,
      iat: seconds,
      exp: seconds + 900,
      ...claims,
    })
      .setProtectedHeader({ alg, typ, kid })
      .sign(key);
  }
}
