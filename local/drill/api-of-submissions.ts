import { type Answer, steadily } from './steady-request';

/** An entry of a manifest as it goes over the wire. */
export interface WireEntry {
  readonly ordinal: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly group: number;
  readonly archived?: { readonly archive: number; readonly member: number };
}

export interface WireArchive {
  readonly archive: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A page of a manifest. */
export interface WirePage {
  readonly page: number;
  readonly entries: readonly WireEntry[];
  readonly archives: readonly WireArchive[];
}

export interface SignedPut {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer of the API that no attempt would change. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';

  constructor(
    what: string,
    readonly answer: Answer,
  ) {
    super(`${what} was answered with ${answer.status}: ${answer.text.slice(0, 300)}`);
  }
}

/** The routes of submissions, spoken to as docs/architecture.md tells of them and not by the command's own client. */
export class SubmissionsApi {
  constructor(
    private readonly frontDoor: string,
    private readonly accessToken: string,
  ) {}

  async create(body: {
    readonly collection: string;
    readonly fileCount: number;
    readonly totalBytes: number;
    readonly idempotencyKey: string;
  }): Promise<string> {
    return ((await this.ask('POST', '/v1/submissions', body)) as { id: string }).id;
  }

  async putPage(id: string, { page, entries, archives }: WirePage): Promise<void> {
    await this.ask('PUT', `/v1/submissions/${id}/manifest/${page}`, { entries, archives });
  }

  async archiveUrl(id: string, archive: number): Promise<SignedPut> {
    const { urls } = (await this.ask('POST', `/v1/submissions/${id}/archive-urls`, {
      archives: [archive],
    })) as { urls: SignedPut[] };
    if (urls[0] === undefined) throw new Error('no URL was signed for an archive of the manifest');
    return urls[0];
  }

  async uploadUrls(id: string, ordinals: readonly number[]): Promise<Map<number, SignedPut>> {
    const { urls } = (await this.ask('POST', `/v1/submissions/${id}/upload-urls`, { ordinals })) as {
      urls: (SignedPut & { ordinal: number })[];
    };
    return new Map(urls.map((each) => [each.ordinal, each]));
  }

  async subjectsUrl(id: string, bytes: number, sha256: string): Promise<SignedPut> {
    return (await this.ask('POST', `/v1/submissions/${id}/subjects-url`, { bytes, sha256 })) as SignedPut;
  }

  async complete(id: string): Promise<void> {
    await this.ask('POST', `/v1/submissions/${id}/complete`, {});
  }

  async state(id: string): Promise<string> {
    return ((await this.ask('GET', `/v1/submissions/${id}`)) as { state: string }).state;
  }

  /** The signed receipt, as JSON text. */
  async receipt(id: string): Promise<string> {
    const { url } = (await this.ask('GET', `/v1/submissions/${id}/receipt`)) as { url: string };
    const answer = await steadily(url, { method: 'GET' });
    if (answer.status !== 200) throw new ApiRefusal('the receipt', answer);
    return answer.text;
  }

  async receiptKeys(): Promise<unknown> {
    return this.ask('GET', '/v1/receipt-keys');
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await steadily(this.frontDoor + path, {
      method,
      headers: {
        authorization: `Bearer ${this.accessToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status < 200 || answer.status > 299) throw new ApiRefusal(`${method} ${path}`, answer);
    return JSON.parse(answer.text) as unknown;
  }
}
