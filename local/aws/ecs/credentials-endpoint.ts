import { randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Temporary credentials of a task's role. */
export interface TaskCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Where one task finds its credentials: variables of its environment, and how to close the place after it. */
export interface CredentialsPlace {
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

function sameText(given: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * The container agent's credential endpoint, on the loopback address: each task has a path and a secret of its own, and
 * is given new credentials of its role whenever it asks.
 */
export class CredentialsEndpoint {
  private readonly places = new Map<string, { secret: string; issue: () => TaskCredentials }>();
  private server: Promise<Server> | undefined;

  /** Opens a place for a task. */
  async open(issue: () => TaskCredentials): Promise<CredentialsPlace> {
    this.server ??= this.listen();
    const { port } = (await this.server).address() as AddressInfo;
    const path = `/v2/credentials/${randomUUID()}`;
    const secret = randomUUID();
    this.places.set(path, { secret, issue });
    return {
      environment: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${path}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: secret,
      },
      close: () => void this.places.delete(path),
    };
  }

  async close(): Promise<void> {
    const server = await this.server;
    server?.closeAllConnections();
    server?.close();
  }

  private listen(): Promise<Server> {
    const server = createServer((request, response) => {
      const [status, body] = this.answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    });
  }

  private answer({ method, url, headers }: IncomingMessage): [number, object] {
    const place = this.places.get(url ?? '');
    if (method !== 'GET' || place === undefined)
      return [404, { Code: 'NotFound', Message: 'No task has this place.' }];
    if (!sameText(headers.authorization, place.secret))
      return [401, { Code: 'Unauthorized', Message: 'The secret of the task is missing or wrong.' }];
    const credentials = place.issue();
    return [
      200,
      {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        Token: credentials.sessionToken,
        Expiration: credentials.expiration.toISOString(),
      },
    ];
  }
}
