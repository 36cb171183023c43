import type { ServerResponse } from 'node:http';
import type { ApiBody, FakePart, FakeSubmission } from './fake-submission';

/** Large files and archives in parts: the routes of the API, and the store that takes the parts. */
export class FakeParts {
  /** PUTs of each part. */
  readonly puts = new Map<number, number>();
  private uploadsMade = 0;

  constructor(
    private readonly address: string,
    private readonly faults: { readonly onPart: (part: number, attempt: number) => number | null },
    private readonly urlGeneration: () => number,
  ) {}

  /** @param sent null where the bytes are not those of the signed digest */
  answerPart(
    response: ServerResponse,
    url: URL,
    submission: FakeSubmission,
    ordinal: number,
    sent: FakePart | null,
  ): void {
    const number = Number(url.searchParams.get('partNumber'));
    const attempt = (this.puts.get(number) ?? 0) + 1;
    this.puts.set(number, attempt);
    const fault = this.faults.onPart(number, attempt);
    if (fault !== null) return void response.writeHead(fault).end();
    if (url.searchParams.get('generation') !== String(this.urlGeneration()))
      return void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    const upload = submission.uploads.get(ordinal);
    if (upload === undefined || upload.completed || upload.uploadId !== url.searchParams.get('uploadId'))
      return void response.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
    if (sent === null) return void response.writeHead(400).end('<Error><Code>BadDigest</Code></Error>');
    upload.parts.set(number, sent);
    response.writeHead(200).end();
  }

  /** The routes of one file: URLs of its missing parts, and its completion. */
  answerFile(
    submission: FakeSubmission,
    ordinal: number,
    action: string | undefined,
    body: ApiBody,
  ): { status: number; body: unknown } {
    const name = ordinal < 0 ? `archive-${-ordinal}` : ordinal;
    const { parts } =
      (ordinal < 0 ? submission.archives.get(-ordinal) : submission.entries.get(ordinal)) ?? {};
    if (parts === undefined) return { status: 422, body: { title: 'Not in parts.', code: 'NOT_IN_PARTS' } };
    let upload = submission.uploads.get(ordinal);
    if (upload === undefined) {
      this.uploadsMade++;
      upload = { uploadId: `upload-${this.uploadsMade}`, parts: new Map(), completed: false };
      submission.uploads.set(ordinal, upload);
    }
    const { uploadId, parts: received } = upload;
    const count = parts.sha256.length;
    if (action === 'complete') {
      if (received.size < count)
        return { status: 409, body: { title: 'Parts are missing.', code: 'PARTS_MISSING' } };
      upload.completed = true;
      return { status: 200, body: { ordinal, state: 'received' } };
    }
    const missing = parts.sha256
      .map((sha256, index) => ({ part: index + 1, sha256 }))
      .filter(({ part }) => part > (body.after ?? 0) && !received.has(part));
    const page = missing.slice(0, body.limit ?? 100);
    const urls = page.map(({ part, sha256 }) => ({
      part,
      url: `${this.address}/store/${submission.id}/${name}?generation=${this.urlGeneration()}&partNumber=${part}&uploadId=${uploadId}`,
      headers: { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') },
    }));
    return {
      status: 200,
      body: {
        ordinal,
        parts: count,
        received: received.size,
        state: upload.completed ? 'received' : 'open',
        urls: upload.completed ? [] : urls,
        ...(missing.length > page.length ? { next: page.at(-1)?.part } : {}),
      },
    };
  }
}
