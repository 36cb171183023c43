import { createHash } from 'node:crypto';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { person, SubmissionApi } from './submission-fixture';

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

/** A file of a little over 100 MB; parts hold one repeated byte, so that none has to be kept. */
const partBytes = 40 * 1024 ** 2;
const lastBytes = 30 * 1024 ** 2;
const bodies = [1, 2, 3].map((byte) => Buffer.alloc(byte < 3 ? partBytes : lastBytes, byte));
const digests = bodies.map(digest);
const bytes = 2 * partBytes + lastBytes;
const entry = {
  ordinal: 1,
  bytes,
  sha256: compositeDigest(digests),
  group: 1,
  parts: { bytes: partBytes, sha256: digests },
};

interface Urls {
  readonly state: string;
  readonly received: number;
  readonly urls: readonly { part: number; url: string; headers: Record<string, string> }[];
  readonly next?: number;
}

let embedded: EmbeddedTable;
let api: SubmissionApi;

beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());
beforeEach(() => {
  api = new SubmissionApi(embedded.table);
});

let keys = 0;
async function announce(fileCount: number): Promise<string> {
  keys += 1;
  const body = {
    collection: 'chest',
    fileCount,
    totalBytes: fileCount * bytes,
    idempotencyKey: `parts-key-${keys}`,
  };
  return String((await api.send('POST', '/submissions', { body })).body.id);
}

async function open(entries: readonly object[] = [entry]): Promise<string> {
  const id = await announce(entries.length);
  expect((await api.send('PUT', `/submissions/${id}/manifest/1`, { body: { entries } })).status).toBe(200);
  return id;
}

const ask = async (id: string, body: object = {}): Promise<Urls> => {
  const answer = await api.send('POST', `/submissions/${id}/files/1/part-urls`, { body });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Urls;
};
const complete = (id: string) => api.send('POST', `/submissions/${id}/files/1/complete`);
const uploadIdOf = ({ urls }: Urls) => new URL(urls[0]?.url ?? '').searchParams.get('uploadId') ?? '';
const sendPart = (uploadId: string, part: number) =>
  api.multipart.send(uploadId, part, bodies[part - 1] as Buffer);

describe('a manifest', () => {
  const page = (more: object) => ({ entries: [{ ...entry, ...more }] });

  it.each([
    ['a large file without parts', { parts: undefined }, 422, 'PARTS_REQUIRED'],
    ['a small file with parts', { bytes: 100_000_000 }, 422, 'PARTS_NOT_ALLOWED'],
    ['a part too few', { bytes: bytes + partBytes }, 422, 'PARTS_DIFFER'],
    ['a digest of other parts', { sha256: digest('x') }, 422, 'PARTS_DIFFER'],
    ['parts under 5 MiB', { parts: { ...entry.parts, bytes: 5 * 1024 ** 2 - 1 } }, 400, 'INVALID_REQUEST'],
    ['parts over 5 GiB', { parts: { ...entry.parts, bytes: 5 * 1024 ** 3 + 1 } }, 400, 'INVALID_REQUEST'],
  ])('is refused with %s', async (_name, more, status, code) => {
    const id = await announce(1);
    const answer = await api.send('PUT', `/submissions/${id}/manifest/1`, { body: page(more) });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('is refused with more digests than a page takes', async () => {
    const id = await announce(5);
    const sha256 = Array.from({ length: 10_000 }, () => digest('x'));
    const entries = [1, 2, 3, 4, 5].map((ordinal) => ({
      ...entry,
      ordinal,
      bytes: 10_000 * 5 * 1024 ** 2,
      sha256: compositeDigest(sha256),
      parts: { bytes: 5 * 1024 ** 2, sha256 },
    }));
    const send = (body: object) => api.send('PUT', `/submissions/${id}/manifest/1`, { body });
    expect(await send({ entries })).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect((await send({ entries: entries.slice(0, 4) })).status).toBe(200);
  });
});

describe('URLs of parts', () => {
  it('bind upload, number, length and digest of each part, into the trust’s landing bucket', async () => {
    const id = await open();
    const answer = await ask(id);
    expect(answer).toMatchObject({ ordinal: 1, parts: 3, received: 0, state: 'open' });
    expect(answer.urls.map(({ part }) => part)).toEqual([1, 2, 3]);
    const { url = '', headers } = answer.urls[2] ?? {};
    const { pathname, host, searchParams } = new URL(url);
    expect(host).toBe('landing-rx1.s3.eu-west-2.amazonaws.com');
    expect(pathname).toBe(`/${id}/000001`);
    expect(searchParams.get('partNumber')).toBe('3');
    expect(searchParams.get('uploadId')).toBe('upload-1');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host;x-amz-checksum-sha256');
    expect(headers).toEqual({
      'content-length': String(lastBytes),
      'x-amz-checksum-sha256': Buffer.from(digests[2] ?? '', 'hex').toString('base64'),
    });
  });

  it('come in pages', async () => {
    const id = await open();
    const first = await ask(id, { limit: 2 });
    expect(first.urls.map(({ part }) => part)).toEqual([1, 2]);
    const rest = await ask(id, { after: first.next, limit: 2 });
    expect(rest.urls.map(({ part }) => part)).toEqual([3]);
    expect(rest.next).toBeUndefined();
  });

  it('are of the same upload when they are asked for again, and of missing parts only', async () => {
    const id = await open();
    const uploadId = uploadIdOf(await ask(id));
    sendPart(uploadId, 2);
    api.multipart.send(uploadId, 1, Buffer.from('not what the manifest says'));
    const again = await ask(id);
    expect(again).toMatchObject({ received: 1 });
    expect(again.urls.map(({ part }) => part)).toEqual([1, 3]);
    expect(uploadIdOf(again)).toBe(uploadId);
  });

  it('two requests at once begin one upload', async () => {
    const id = await open();
    const answers = await Promise.all([ask(id), ask(id), ask(id)]);
    expect(new Set(answers.map(uploadIdOf)).size).toBe(1);
    expect(api.multipart.uploads.size).toBe(1);
  });

  it('begin a new upload where S3 has deleted an unfinished one', async () => {
    const id = await open();
    const first = uploadIdOf(await ask(id));
    sendPart(first, 1);
    await api.multipart.abort(null, first);
    const again = await ask(id);
    expect(uploadIdOf(again)).not.toBe(first);
    expect(again).toMatchObject({ received: 0, state: 'open' });
  });

  it('are refused for files that are not sent in parts, not listed, too large, or of another trust', async () => {
    const small = { ordinal: 2, bytes: 4, sha256: digest('a'), group: 1 };
    const hugeParts = ['a', 'b', 'c'].map(digest);
    const huge = {
      ordinal: 3,
      bytes: 10_000_000_001,
      sha256: compositeDigest(hugeParts),
      group: 1,
      parts: { bytes: 4_000_000_000, sha256: hugeParts },
    };
    const id = await open([entry, small, huge]);
    const path = (ordinal: number) => `/submissions/${id}/files/${ordinal}/part-urls`;
    for (const [ordinal, code] of [
      [2, 'NOT_IN_PARTS'],
      [3, 'FILE_TOO_LARGE'],
      [4, 'ORDINAL_NOT_IN_MANIFEST'],
    ] as const)
      expect(await api.send('POST', path(ordinal), { body: {} })).toMatchObject({ body: { code } });
    expect(await api.send('POST', path(1), { body: {}, who: person('RX2') })).toMatchObject({
      status: 404,
      body: { code: 'SUBMISSION_NOT_FOUND' },
    });
    expect(
      await api.send('POST', `/submissions/${id}/upload-urls`, { body: { ordinals: [1, 2] } }),
    ).toMatchObject({ status: 422, body: { code: 'MULTIPART_REQUIRED', ordinals: [1] } });
  });
});

describe('completing a file', () => {
  async function sent(): Promise<{ id: string; uploadId: string }> {
    const id = await open();
    const uploadId = uploadIdOf(await ask(id));
    for (const part of [1, 2, 3]) sendPart(uploadId, part);
    return { id, uploadId };
  }
  const received = { status: 200, body: { ordinal: 1, state: 'received' } };
  const landed = (id: string) => api.objects.head({ bucket: 'landing-rx1', key: `${id}/000001` });

  it('puts together what the manifest lists; again it is a no-op', async () => {
    const { id } = await sent();
    expect(await complete(id)).toEqual(received);
    expect(await complete(id)).toEqual(received);
    expect(await landed(id)).toMatchObject({
      bytes,
      sha256: null,
      composite: { parts: 3, sha256: entry.sha256 },
    });
    expect(await ask(id)).toMatchObject({ state: 'received', received: 3, urls: [] });
  });

  it('says which parts are missing', async () => {
    const id = await open();
    expect(await complete(id)).toMatchObject({
      status: 409,
      body: { code: 'PARTS_MISSING', missing: 3, ranges: ['1-3'] },
    });
    const uploadId = uploadIdOf(await ask(id));
    sendPart(uploadId, 2);
    expect(await complete(id)).toMatchObject({
      status: 409,
      body: { code: 'PARTS_MISSING', missing: 2, ranges: ['1', '3'] },
    });
  });

  it('knows what a crash after S3 kept from the ledger', async () => {
    const { id } = await sent();
    api.multipart.afterComplete = () => {
      throw new Error('killed');
    };
    expect((await complete(id)).status).toBe(500);
    api.multipart.afterComplete = () => {};
    expect(await ask(id)).toMatchObject({ state: 'received' });
    expect(await complete(id)).toEqual(received);
  });

  it('leaves an object that stands there as it is, and no parts behind', async () => {
    const { id, uploadId } = await sent();
    api.objects.set('landing-rx1', `${id}/000001`, 'came before');
    expect(await complete(id)).toEqual(received);
    expect((await landed(id))?.bytes).toBe(11);
    expect(api.multipart.uploads.has(uploadId)).toBe(false);
  });

  it('is refused once the submission is completed', async () => {
    const { id } = await sent();
    await api.send('POST', `/submissions/${id}/complete`);
    expect(await complete(id)).toMatchObject({ status: 409, body: { code: 'SUBMISSION_NOT_OPEN' } });
    expect(await api.send('POST', `/submissions/${id}/files/1/part-urls`, { body: {} })).toMatchObject({
      status: 409,
      body: { code: 'SUBMISSION_NOT_OPEN' },
    });
  });
});
