import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair } from 'jose';
import { FakeIssuer, type IssuerFaults, type Keys, readBody } from './fake-issuer';
import { FakeParts } from './fake-parts';
import { FakeReceipts } from './fake-receipts';
import type { ApiBody, FakeSubmission, SentRequest } from './fake-submission';

/** What a test may change of the platform's behaviour. */
export interface Faults extends IssuerFaults {
  /** Answers a PUT in the store's place: a status, or null to go on. */
  onPut: (ordinal: number, attempt: number, url: URL) => number | null;
  /** As `onPut`, for a part. */
  onPart: (part: number, attempt: number) => number | null;
  /** Milliseconds that a PUT takes. */
  putDelayMs: number;
  /** Answers any API route in the platform's place. */
  onApi: (
    method: string,
    path: string,
    sent: SentRequest,
  ) => { status: number; body: unknown } | null | Promise<{ status: number; body: unknown } | null>;
}

/** Issuer, API and store as one small HTTP server, with what it was sent. Loopback, any port. */
export class FakePlatform {
  readonly faults: Faults = {
    onPut: () => null,
    onPart: () => null,
    putDelayMs: 0,
    nonce: (asked) => asked,
    accessTokenSeconds: 3600,
    onApi: () => null,
  };
  readonly submissions = new Map<string, FakeSubmission>();
  readonly calls: string[] = [];
  readonly puts = new Map<number, number>();
  credentialSeconds = 3600;
  private readonly byKey = new Map<string, string>();
  private readonly issuer: FakeIssuer;
  private urlGeneration = 0;
  private readonly parts: FakeParts;

  private constructor(
    private readonly server: Server,
    keys: Keys,
    private readonly receipts: FakeReceipts,
    readonly address: string,
  ) {
    this.issuer = new FakeIssuer(keys, receipts.jwk, address, this.faults);
    this.parts = new FakeParts(address, this.faults, () => this.urlGeneration);
  }

  /** Outcome of a file by ordinal; `imported` where not said. */
  get outcomes() {
    return this.receipts.outcomes;
  }

  /** PUTs of each part. */
  get partPuts(): Map<number, number> {
    return this.parts.puts;
  }

  get tokens(): readonly string[] {
    return this.issuer.tokens;
  }

  get revoked(): readonly string[] {
    return this.issuer.revoked;
  }

  static async start(): Promise<FakePlatform> {
    const keys = await generateKeyPair('ES256', { extractable: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const platform = new FakePlatform(server, keys, await FakeReceipts.of(keys), address);
    server.on('request', (request, response) => {
      platform.answer(request, response).catch((error: Error) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(error.message);
      });
    });
    return platform;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** URLs signed before are expired from now on. */
  expireUrls(): void {
    this.urlGeneration++;
  }

  get onlySubmission(): FakeSubmission {
    const [submission] = this.submissions.values();
    if (submission === undefined || this.submissions.size !== 1) throw new Error('not one submission');
    return submission;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.address);
    if (url.pathname.startsWith('/issuer')) return this.issuer.answer(request, response, url);
    if (url.pathname.startsWith('/store')) return this.answerStore(request, response, url);
    const body = await readBody(request);
    this.calls.push(`${request.method} ${url.pathname}`);
    const sent = body.length > 0 ? JSON.parse(body.toString()) : {};
    const { headers } = request;
    const { status, body: answer } =
      (await this.faults.onApi(request.method ?? '', url.pathname, {
        query: url.searchParams,
        body: sent,
        headers,
      })) ?? (await this.answerApi(request, url, sent));
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(answer));
  }

  private async answerStore(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, , id, name] = url.pathname.split('/');
    const submission = this.submissions.get(id ?? '');
    if (submission === undefined) return void response.writeHead(404).end();
    if (request.method === 'GET')
      return void response.writeHead(200).end(JSON.stringify(await this.receipt(submission)));
    const body = await readBody(request);
    if (this.faults.putDelayMs > 0)
      await new Promise((resolve) => setTimeout(resolve, this.faults.putDelayMs));
    const digest = createHash('sha256').update(body).digest('base64');
    const wrong = digest !== request.headers['x-amz-checksum-sha256'];
    if (name === 'demographics') {
      submission.demographics = body;
      return void response.writeHead(wrong ? 400 : 200).end();
    }
    if (name === 'subjects') {
      submission.subjects = body.toString();
      return void response.writeHead(wrong ? 400 : 200).end();
    }
    const archive = /^archive-(\d+)$/.exec(name ?? '')?.[1];
    const ordinal = Number(archive ?? name);
    const received = archive === undefined ? submission.received : submission.receivedArchives;
    if (url.searchParams.has('partNumber')) {
      const part = { bytes: body.length, sha256: Buffer.from(digest, 'base64').toString('hex') };
      return void this.parts.answerPart(
        response,
        url,
        submission,
        archive ? -ordinal : ordinal,
        wrong ? null : part,
      );
    }
    const attempt = (this.puts.get(ordinal) ?? 0) + 1;
    this.puts.set(ordinal, attempt);
    const fault = this.faults.onPut(ordinal, attempt, url);
    if (fault !== null) return void response.writeHead(fault).end();
    if (url.searchParams.get('generation') !== String(this.urlGeneration))
      return void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    if (wrong) return void response.writeHead(400).end('<Error><Code>BadDigest</Code></Error>');
    if (received.has(ordinal))
      return void response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    received.set(ordinal, body);
    response.writeHead(200).end();
  }

  /** A signed receipt over the outcomes that the test chose. */
  receipt(submission: FakeSubmission, change?: (payload: Record<string, unknown>) => void) {
    return this.receipts.receipt(submission, change);
  }

  /** Signs what the platform signs beside receipts. */
  sign(type: string, payload: object) {
    return this.receipts.sign(type, payload);
  }

  get publicKeys() {
    return this.receipts.publicKeys;
  }

  private view(submission: FakeSubmission) {
    const { id, state, collection, fileCount, totalBytes, expired, entries } = submission;
    return {
      id,
      state,
      collection,
      fileCount,
      totalBytes,
      createdAt: '2026-11-23T10:00:00.000Z',
      ...(state === 'done' ? this.receipts.outcomeTotals(submission) : {}),
      ...(expired && { expired, listedFiles: entries.size }),
    };
  }

  private async answerApi(
    request: IncomingMessage,
    url: URL,
    body: ApiBody,
  ): Promise<{ status: number; body: unknown }> {
    const path = url.pathname;
    if (path === '/v1/receipt-keys') return { status: 200, body: this.publicKeys };
    if (path === '/v1/sign-in')
      return { status: 200, body: { issuer: `${this.address}/issuer`, clientId: 'nmip-cli' } };
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (!this.issuer.gave(token))
      return {
        status: 401,
        body: { title: 'The request carries no valid access token.', code: 'NOT_SIGNED_IN', fix: 'Sign in.' },
      };
    if (path === '/v1/me')
      return {
        status: 200,
        body: {
          subject: 'uploader-1',
          roles: ['uploader'],
          trust: 'RX1',
          known: true,
          signIn: { level: 'not-asked', withheldRoles: [] },
          trustConfiguration: {
            odsCode: 'RX1',
            name: 'Northfield',
            region: 'E12000004',
            nhsNumbers: [{ attribute: 'OtherPatientIDsSequence' }],
          },
        },
      };
    if (path === '/v1/submissions' && request.method === 'POST') {
      const id = this.byKey.get(body.idempotencyKey) ?? `s-${String(this.byKey.size).padStart(26, '0')}`;
      this.byKey.set(body.idempotencyKey, id);
      const existing = this.submissions.get(id);
      if (existing) {
        const { state, expired } = existing;
        return { status: 200, body: { id, state, ...(expired && { expired }) } };
      }
      this.submissions.set(id, {
        id,
        collection: body.collection,
        fileCount: body.fileCount,
        totalBytes: body.totalBytes,
        state: 'open',
        entries: new Map(),
        received: new Map(),
        archives: new Map(),
        receivedArchives: new Map(),
        uploads: new Map(),
        subjects: null,
        demographics: null,
      });
      return { status: 201, body: { id, state: 'open' } };
    }
    const [, , , id = '', rest = '', page, action] = path.split('/');
    if (path.startsWith('/v1/projects/') && rest === 'credentials')
      return {
        status: 200,
        body: {
          accessKeyId: 'ASIATEST',
          secretAccessKey: `secret-${this.calls.length}`,
          sessionToken: 'session',
          expiration: new Date(Date.now() + this.credentialSeconds * 1000).toISOString(),
          region: 'eu-west-2',
          dicomwebEndpoint: this.address,
          datastoreId: '0'.repeat(32),
          grantId: `g-${'0'.repeat(26)}`,
        },
      };
    const submission = this.submissions.get(id);
    if (submission === undefined)
      return {
        status: 404,
        body: {
          title: 'Your trust has no such submission.',
          code: 'SUBMISSION_NOT_FOUND',
          fix: 'Check the id.',
        },
      };
    const signed = (name: string, sha256: string) => ({
      url: `${this.address}/store/${id}/${name}?generation=${this.urlGeneration}`,
      headers: {
        'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
        'if-none-match': '*',
      },
    });
    switch (rest) {
      case 'manifest':
        for (const entry of body.entries) submission.entries.set(entry.ordinal, entry);
        for (const archive of body.archives ?? [])
          if (typeof archive === 'object') submission.archives.set(archive.archive, archive);
        return { status: 200, body: { page: Number(page), entries: body.entries.length } };
      case 'demographics-url':
        return {
          status: 200,
          body: { upload: `u-${'0'.repeat(26)}`, ...signed('demographics', body.sha256) },
        };
      case 'demographics':
        return {
          status: 200,
          body: { upload: `u-${'0'.repeat(26)}`, rows: 9, ethnicityKnown: 8, imdKnown: 0 },
        };
      case 'subjects-url':
        return { status: 200, body: signed('subjects', body.sha256) };
      case 'archive-urls':
        return {
          status: 200,
          body: {
            urls: (body.archives ?? []).map((archive) => ({
              archive,
              ...signed(`archive-${archive}`, submission.archives.get(Number(archive))?.sha256 ?? ''),
            })),
          },
        };
      case 'upload-urls':
        return {
          status: 200,
          body: {
            urls: body.ordinals.map((ordinal: number) => ({
              ordinal,
              ...signed(String(ordinal), submission.entries.get(ordinal)?.sha256 ?? ''),
            })),
          },
        };
      case 'complete':
        submission.state = 'done';
        return { status: 202, body: { id, state: 'processing' } };
      case 'archives':
        return this.parts.answerFile(submission, -Number(page), action, body);
      case 'files': {
        if (page !== undefined) return this.parts.answerFile(submission, Number(page), action, body);
        const outcome = url.searchParams.get('outcome');
        const files = [...submission.entries.keys()]
          .map((ordinal) => ({ ordinal, ...this.receipts.outcomeOf(ordinal) }))
          .filter((file) => file.outcome === outcome);
        return { status: 200, body: { files } };
      }
      case 'receipt':
        return {
          status: 200,
          body: { url: `${this.address}/store/${id}/receipt`, expiresAt: '2026-11-23T11:00:00.000Z' },
        };
      default:
        return { status: 200, body: this.view(submission) };
    }
  }
}
