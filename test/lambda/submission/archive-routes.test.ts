import { createHash } from 'node:crypto';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { type Answer, person, SubmissionApi } from './submission-fixture';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

let embedded: EmbeddedTable;
let api: SubmissionApi;
let submission = 0;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
  api = new SubmissionApi(embedded.table);
});
afterAll(() => embedded.stop());

const archive = (number: number, bytes = 100) => ({
  archive: number,
  bytes,
  sha256: digest(`zip ${number}`),
});
const entry = (ordinal: number, archived?: { archive: number; member: number }) => ({
  ordinal,
  bytes: 4,
  sha256: digest(`${ordinal}`),
  group: 1,
  ...(archived && { archived }),
});

async function open(fileCount: number): Promise<string> {
  submission += 1;
  const body = {
    collection: 'chest',
    fileCount,
    totalBytes: 4 * fileCount,
    idempotencyKey: `archives-${submission}`,
  };
  return String((await api.send('POST', '/submissions', { body })).body.id);
}

const put = (id: string, page: number, body: unknown): Promise<Answer> =>
  api.send('PUT', `/submissions/${id}/manifest/${page}`, { body });

describe('a manifest with archives', () => {
  it('takes archives beside the entries; the same page again is a no-op, other archives a conflict', async () => {
    const id = await open(2);
    const entries = [entry(1, { archive: 1, member: 1 }), entry(2, { archive: 2, member: 3 })];
    expect((await put(id, 1, { entries, archives: [archive(1), archive(2)] })).status).toBe(200);
    expect((await put(id, 1, { entries, archives: [archive(2), archive(1)] })).status).toBe(200);
    for (const archives of [[], [archive(1)], [archive(1), archive(2, 101)]])
      expect(await put(id, 1, { entries, archives })).toMatchObject({
        status: 409,
        body: { code: 'PAGE_CONFLICT' },
      });
    expect((await api.send('POST', `/submissions/${id}/complete`)).status).toBe(202);
    expect(await api.manifests.readArchives(id)).toEqual([archive(1), archive(2)]);
    expect(await api.manifests.readAll(id)).toEqual(entries);
  });

  it('lets the files of an archive stand in several pages', async () => {
    const id = await open(2);
    await put(id, 1, { entries: [entry(1, { archive: 1, member: 1 })], archives: [archive(1)] });
    await put(id, 2, { entries: [entry(2, { archive: 1, member: 2 })] });
    expect((await api.send('POST', `/submissions/${id}/complete`)).status).toBe(202);
  });

  it('cannot be completed where it names an archive that is not listed', async () => {
    const id = await open(1);
    await put(id, 1, { entries: [entry(1, { archive: 2, member: 1 })] });
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject({
      status: 422,
      body: { code: 'ARCHIVES_INVALID', archives: [2] },
    });
  });

  it('cannot be completed where two pages list one archive', async () => {
    const id = await open(2);
    for (const ordinal of [1, 2])
      await put(id, ordinal, {
        entries: [entry(ordinal, { archive: 1, member: ordinal })],
        archives: [archive(1)],
      });
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject({
      status: 422,
      body: { code: 'ARCHIVES_INVALID', archives: [1] },
    });
  });

  it.each<[string, unknown[], unknown[]]>([
    ['without a file of the page', [entry(1)], [archive(1)]],
    ['twice', [entry(1, { archive: 1, member: 1 })], [archive(1), archive(1)]],
  ])(
    'takes no page that lists an archive %s, and the submission can go on',
    async (_what, entries, archives) => {
      const id = await open(1);
      expect(await put(id, 1, { entries, archives })).toMatchObject({
        status: 422,
        body: { code: 'ARCHIVES_INVALID', archives: [1] },
      });
      await put(id, 1, { entries: [entry(1)] });
      expect((await api.send('POST', `/submissions/${id}/complete`)).status).toBe(202);
    },
  );

  it('cannot be completed where two files are one member', async () => {
    const id = await open(2);
    const archived = { archive: 1, member: 1 };
    await put(id, 1, { entries: [entry(1, archived), entry(2, archived)], archives: [archive(1)] });
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject({
      status: 422,
      body: { code: 'ARCHIVES_INVALID', archives: [1] },
    });
  });

  it('takes no names, and no archive that is none', async () => {
    const id = await open(1);
    const archived = { archive: 1, member: 1 };
    for (const wrong of [
      { ...archive(1), bytes: 21 },
      { ...archive(1), bytes: 1_000_000_000_001 },
      { ...archive(1), archive: 0 },
    ])
      expect((await put(id, 1, { entries: [entry(1, archived)], archives: [wrong] })).status).toBe(400);
    await put(id, 1, {
      entries: [{ ...entry(1, archived), name: 'SMITH^JANE.dcm' }],
      archives: [{ ...archive(1), name: 'SMITH^JANE.zip' }],
    });
    const stored = api.objects.keys('work').map((key) => JSON.stringify(api.objects.json('work', key)));
    expect(stored.join()).not.toContain('SMITH');
  });

  it('bounds the bytes of all archives like those of all files', async () => {
    const id = await open(2);
    const bytes = 1_000_000_000_000;
    const partBytes = 5 * 1024 ** 3;
    const digests = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => digest(`${index}`));
    const largest = {
      archive: 1,
      bytes,
      sha256: compositeDigest(digests),
      parts: { bytes: partBytes, sha256: digests },
    };
    const page = (ordinal: number) => [entry(ordinal, { archive: ordinal, member: 1 })];
    expect((await put(id, 1, { entries: page(1), archives: [largest] })).status).toBe(200);
    expect(await put(id, 2, { entries: page(2), archives: [archive(2)] })).toMatchObject({
      status: 422,
      body: { code: 'SUBMISSION_TOO_LARGE' },
    });
  });
});

describe('POST /v1/submissions/{id}/archive-urls', () => {
  it('signs a PUT for each archive, into the trust’s landing bucket', async () => {
    const id = await open(1);
    await put(id, 1, { entries: [entry(1, { archive: 1, member: 1 })], archives: [archive(1)] });
    const answer = await api.send('POST', `/submissions/${id}/archive-urls`, { body: { archives: [1, 1] } });
    const urls = answer.body.urls as { archive: number; url: string; headers: Record<string, string> }[];
    expect(urls.map((each) => each.archive)).toEqual([1]);
    expect(urls[0]?.url).toContain(`https://landing-rx1.s3.eu-west-2.amazonaws.com/${id}/archives/000001?`);
    expect(urls[0]?.headers).toEqual({
      'content-type': 'application/zip',
      'content-length': '100',
      'x-amz-checksum-sha256': Buffer.from(archive(1).sha256, 'hex').toString('base64'),
      'if-none-match': '*',
    });
  });

  it('refuses what the manifest does not have, other trusts, and completed submissions', async () => {
    const id = await open(1);
    const path = `/submissions/${id}/archive-urls`;
    await put(id, 1, { entries: [entry(1, { archive: 1, member: 1 })], archives: [archive(1)] });
    expect(await api.send('POST', path, { body: { archives: [1, 7] } })).toMatchObject({
      status: 404,
      body: { code: 'ARCHIVE_NOT_IN_MANIFEST', archives: [7] },
    });
    expect(await api.send('POST', path, { body: { archives: [1] }, who: person('RX2') })).toMatchObject({
      status: 404,
      body: { code: 'SUBMISSION_NOT_FOUND' },
    });
    await api.send('POST', `/submissions/${id}/complete`);
    expect(await api.send('POST', path, { body: { archives: [1] } })).toMatchObject({
      status: 409,
      body: { code: 'SUBMISSION_NOT_OPEN' },
    });
  });

  it('is where the bytes of a file in an archive go: the file has no URL of its own', async () => {
    const id = await open(1);
    await put(id, 1, { entries: [entry(1, { archive: 1, member: 1 })], archives: [archive(1)] });
    expect(
      await api.send('POST', `/submissions/${id}/upload-urls`, { body: { ordinals: [1] } }),
    ).toMatchObject({
      status: 422,
      body: { code: 'FILE_IN_ARCHIVE', ordinals: [1] },
    });
  });
});

describe('an archive above 100 MB', () => {
  const partBytes = 64 * 1024 ** 2;
  const bodies = [Buffer.alloc(partBytes, 1), Buffer.alloc(partBytes, 2)];
  const digests = bodies.map((body) => createHash('sha256').update(body).digest('hex'));
  const inParts = {
    archive: 1,
    bytes: 2 * partBytes,
    sha256: compositeDigest(digests),
    parts: { bytes: partBytes, sha256: digests },
  };
  const entries = [entry(1, { archive: 1, member: 1 })];

  it.each<[string, object]>([
    ['without parts', { ...inParts, parts: undefined }],
    ['with the digest of other parts', { ...inParts, sha256: digest('x') }],
    ['with parts, but smaller', { ...inParts, bytes: 100_000_000 }],
    ['with fewer parts than it has bytes for', { ...inParts, bytes: 3 * partBytes }],
  ])('is refused %s', async (_what, listed) => {
    const id = await open(1);
    expect(await put(id, 1, { entries, archives: [listed] })).toMatchObject({
      status: 422,
      body: { code: 'ARCHIVES_INVALID', archives: [1] },
    });
    expect(await api.manifests.listPages(id)).toEqual([]);
  });

  it('comes in parts under the key of the archive, and has no URL of its own', async () => {
    const id = await open(1);
    await put(id, 1, { entries, archives: [inParts] });
    expect(
      await api.send('POST', `/submissions/${id}/archive-urls`, { body: { archives: [1] } }),
    ).toMatchObject({ status: 422, body: { code: 'MULTIPART_REQUIRED', archives: [1] } });
    const path = `/submissions/${id}/archives/1`;
    const asked = await api.send('POST', `${path}/part-urls`, { body: {} });
    expect(asked).toMatchObject({ status: 200, body: { archive: 1, parts: 2, received: 0, state: 'open' } });
    const [first] = asked.body.urls as { url: string }[];
    const { pathname, searchParams } = new URL(first?.url ?? '');
    expect(pathname).toBe(`/${id}/archives/000001`);
    const uploadId = searchParams.get('uploadId') ?? '';
    expect(await api.send('POST', `${path}/complete`)).toMatchObject({ body: { code: 'PARTS_MISSING' } });
    for (const [index, body] of bodies.entries()) api.multipart.send(uploadId, index + 1, body);
    const done = { status: 200, body: { archive: 1, state: 'received' } };
    expect(await api.send('POST', `${path}/complete`)).toEqual(done);
    expect(await api.send('POST', `${path}/complete`)).toEqual(done);
    expect(api.objects.keys('landing-rx1')).toContain(`${id}/archives/000001`);
  });

  it('is not taken for the file of the same number', async () => {
    const id = await open(1);
    await put(id, 1, { entries, archives: [inParts] });
    expect(await api.send('POST', `/submissions/${id}/files/1/part-urls`, { body: {} })).toMatchObject({
      status: 422,
      body: { code: 'FILE_IN_ARCHIVE', ordinals: [1] },
    });
    expect(await api.send('POST', `/submissions/${id}/archives/2/part-urls`, { body: {} })).toMatchObject({
      status: 404,
      body: { code: 'ARCHIVE_NOT_IN_MANIFEST', archives: [2] },
    });
  });
});
