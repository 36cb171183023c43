import { createHash, randomUUID } from 'node:crypto';
import { signInByScript } from './sign-in/sign-in-by-script';

export interface ApiAnswer {
  readonly status: number;
  readonly code: unknown;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Calls the embedded platform as somebody who is signed in. */
export class ApiClient {
  constructor(
    private readonly origin: string,
    private readonly token: string,
  ) {}

  static async signedIn(origin: string, subject: string): Promise<ApiClient> {
    return new ApiClient(origin, (await signInByScript(`${origin}/sign-in`, subject)).access_token);
  }

  /**
   * Asks, and gives the answer as it is; `code` is that of a refusal.
   * @param version version that is changed, for If-Match
   */
  async ask(method: string, path: string, body?: unknown, version?: number): Promise<ApiAnswer> {
    const response = await fetch(`${this.origin}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...(version !== undefined && { 'if-match': `"${version}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = JSON.parse(await response.text()) as Record<string, unknown>;
    return { status: response.status, code: content.code, content };
  }

  async call<T>(method: string, path: string, body?: unknown, version?: number): Promise<T> {
    const { status, content } = await this.ask(method, path, body, version);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(content)}`);
    return content as T;
  }

  /** Records a person, whether the register knows them already or not. */
  async recordPerson(subject: string, person: object): Promise<void> {
    const path = `/people/${subject}`;
    const { status, content } = await this.ask('GET', path);
    await this.call('PUT', path, person, status === 404 ? 0 : Number(content.version));
  }

  /**
   * Sends files as one submission and completes it.
   * @param seriesOf ordinal of a file's series; all files are of one where not given
   * @returns the submission's id
   */
  async submit(
    collection: string,
    files: readonly Buffer[],
    seriesOf: (ordinal: number) => number = () => 1,
  ): Promise<string> {
    const { id } = await this.call<{ id: string }>('POST', '/submissions', {
      collection,
      fileCount: files.length,
      totalBytes: files.reduce((sum, file) => sum + file.length, 0),
      idempotencyKey: randomUUID(),
    });
    const entries = files.map((file, index) => ({
      ordinal: index + 1,
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
      group: seriesOf(index + 1),
    }));
    await this.call('PUT', `/submissions/${id}/manifest/1`, { entries });
    const { urls } = await this.call<{
      urls: { ordinal: number; url: string; headers: Record<string, string> }[];
    }>('POST', `/submissions/${id}/upload-urls`, { ordinals: entries.map(({ ordinal }) => ordinal) });
    for (const { ordinal, url, headers } of urls) {
      const put = await fetch(url, {
        method: 'PUT',
        headers,
        body: new Uint8Array(files[ordinal - 1] ?? []),
      });
      if (!put.ok) throw new Error(`PUT of file ${ordinal} answered ${put.status}: ${await put.text()}`);
    }
    await this.call('POST', `/submissions/${id}/complete`);
    return id;
  }

  /** Sends a demographics table to a submission, and says that it has come. */
  async sendDemographics(id: string, table: Buffer): Promise<ApiAnswer> {
    const { upload, url, headers } = await this.call<{
      upload: string;
      url: string;
      headers: Record<string, string>;
    }>('POST', `/submissions/${id}/demographics-url`, {
      bytes: table.length,
      sha256: createHash('sha256').update(table).digest('hex'),
    });
    const put = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(table) });
    if (!put.ok) throw new Error(`PUT of a table answered ${put.status}: ${await put.text()}`);
    return this.ask('POST', `/submissions/${id}/demographics`, { upload });
  }

  /** Waits until the submission has ended. */
  async ended(id: string): Promise<{ state: string; totals?: Record<string, number> }> {
    for (;;) {
      const view = await this.call<{ state: string; totals?: Record<string, number> }>(
        'GET',
        `/submissions/${id}`,
      );
      if (view.state === 'done' || view.state === 'stopped') return view;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
