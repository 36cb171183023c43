import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { keepAliveTimeout } from '../connection-settings';
import { html, page, pageHeaders } from './page';
import type { PlatformStatus } from './status';
import { statusPage } from './status-page';

/** What answers a request. */
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What stands behind the front door, once it is there. */
export interface FrontDoorParts {
  readonly api: Handler;
  readonly signIn: Handler;
  status(): Promise<PlatformStatus>;
  onFault(error: unknown): void;
}

const starting = 'The platform is starting.';

/** Headers of the same origin only: a page elsewhere must not be led here under another name (DNS rebinding). */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

/** The address for people: status page, REST API and sign-in. */
export class FrontDoor {
  private readonly server: Server;
  private parts: FrontDoorParts | undefined;

  constructor() {
    this.server = createServer(
      { keepAliveTimeout },
      (request, response) => void this.serve(request, response),
    );
  }

  /** Takes the port. Until `open` every answer is 503. Rejects with the system's error where the port is taken. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        const address = this.server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  open(parts: FrontDoorParts): void {
    this.parts = parts;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { parts } = this;
    if (!parts) {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' }).end(starting);
      return;
    }
    try {
      await this.dispatch(parts, request, response);
    } catch (error) {
      parts.onFault(error);
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(500, { 'content-type': 'text/plain' })
          .end('The platform has a fault; see its log.');
    }
  }

  private async dispatch(
    parts: FrontDoorParts,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (!isLoopbackHost(request.headers.host)) {
      response.writeHead(421, { 'content-type': 'text/plain' }).end('This address serves this machine only.');
      return;
    }
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/v1' || path.startsWith('/v1/')) await parts.api(request, response);
    else if (path === '/sign-in' || path.startsWith('/sign-in/')) await parts.signIn(request, response);
    else if (path === '/' && request.method === 'GET') {
      response.writeHead(200, pageHeaders).end(statusPage(await parts.status()));
    } else if (path === '/status.json' && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(`${JSON.stringify(await parts.status(), null, 2)}\n`);
    } else {
      response
        .writeHead(404, pageHeaders)
        .end(page('Not found', html`<p><a href="/">Status of the platform</a></p>`));
    }
  }
}
