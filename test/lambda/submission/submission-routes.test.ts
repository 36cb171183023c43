import { createHash } from 'node:crypto';
import { compositeDigest } from '../../../lambda/submission/parts.contract';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { person, SubmissionApi } from './submission-fixture';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

const created = { collection: 'chest', fileCount: 2, totalBytes: 8, idempotencyKey: 'key-00000001' };

function entries(...ordinals: number[]) {
  return {
    entries: ordinals.map((ordinal) => ({ ordinal, bytes: 4, sha256: digest(`${ordinal}`), group: 1 })),
  };
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
function newKey(): string {
  keys += 1;
  return `key-test-${String(keys).padStart(6, '0')}`;
}

async function open(): Promise<string> {
  const answer = await api.send('POST', '/submissions', { body: { ...created, idempotencyKey: newKey() } });
  return String(answer.body.id);
}

describe('POST /v1/submissions', () => {
  it('makes one submission for one idempotency key, also when both requests come at once', async () => {
    const body = { ...created, idempotencyKey: newKey() };
    const answers = await Promise.all([
      api.send('POST', '/submissions', { body }),
      api.send('POST', '/submissions', { body }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 201]);
    expect(answers[0]?.body).toEqual({ id: expect.stringMatching(/^s-/), state: 'open' });
    expect(answers[1]?.body).toEqual(answers[0]?.body);
  });

  it('keeps the idempotency keys of trusts apart', async () => {
    const body = { ...created, idempotencyKey: newKey() };
    const one = await api.send('POST', '/submissions', { body });
    const other = await api.send('POST', '/submissions', { body, who: person('RX2') });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(one.body.id);
  });

  it.each([
    ['no files', { fileCount: 0 }, 422, 'NO_FILES'],
    ['a million files', { fileCount: 1_000_000 }, 422, 'TOO_MANY_FILES'],
    ['more than a terabyte', { totalBytes: 1_000_000_000_001 }, 422, 'SUBMISSION_TOO_LARGE'],
    ['an unknown collection', { collection: 'brain' }, 404, 'UNKNOWN_COLLECTION'],
    ['a member that it does not know', { trust: 'RX2' }, 400, 'INVALID_REQUEST'],
  ])('refuses %s', async (_name, change, status, code) => {
    const body = { ...created, idempotencyKey: newKey(), ...change };
    const answer = await api.send('POST', '/submissions', { body });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('refuses the same key with another request', async () => {
    const idempotencyKey = newKey();
    await api.send('POST', '/submissions', { body: { ...created, idempotencyKey } });
    const answer = await api.send('POST', '/submissions', {
      body: { ...created, idempotencyKey, fileCount: 3 },
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('refuses a collection whose legal basis has ended', async () => {
    api.now = new Date('2027-04-01T00:00:00Z');
    const answer = await api.send('POST', '/submissions', { body: { ...created, idempotencyKey: newKey() } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'COLLECTION_ENDED' } });
  });

  it('acts only for the trust in the person’s record', async () => {
    const body = { ...created, idempotencyKey: newKey() };
    expect(await api.send('POST', '/submissions', { body, who: person(null) })).toMatchObject({
      status: 403,
      body: { code: 'NO_TRUST' },
    });
    expect(await api.send('POST', '/submissions', { body, who: person('RX9') })).toMatchObject({
      status: 403,
      body: { code: 'TRUST_NOT_CONFIGURED' },
    });
    expect(await api.send('POST', '/submissions', { body, who: person('RX1', ['applicant']) })).toMatchObject(
      {
        status: 403,
        body: { code: 'ROLE_REQUIRED' },
      },
    );
  });
});

describe('PUT /v1/submissions/{id}/manifest/{page}', () => {
  it('takes a page; the same page again is a no-op, another content a conflict', async () => {
    const id = await open();
    const path = `/submissions/${id}/manifest/1`;
    expect(await api.send('PUT', path, { body: entries(1, 2) })).toEqual({
      status: 200,
      body: { page: 1, entries: 2 },
    });
    expect((await api.send('PUT', path, { body: entries(2, 1) })).status).toBe(200);
    expect(await api.send('PUT', path, { body: entries(1) })).toMatchObject({
      status: 409,
      body: { code: 'PAGE_CONFLICT' },
    });
  });

  it('writes the entries again where a crash left them unwritten', async () => {
    const id = await open();
    const path = `/submissions/${id}/manifest/1`;
    await api.send('PUT', path, { body: entries(1, 2) });
    api.objects.objects.clear();
    await api.send('PUT', path, { body: entries(1, 2) });
    expect(api.objects.keys('work')).toEqual([`submissions/${id}/manifest/0001.json`]);
  });

  it.each([
    ['an ordinal above the number of files', 1, entries(3), 'ORDINAL_OUT_OF_RANGE'],
    ['an ordinal twice in a page', 1, entries(1, 1), 'ORDINAL_REPEATED'],
    ['page 0', 0, entries(1), 'PAGE_OUT_OF_RANGE'],
    ['page 1001', 1001, entries(1), 'PAGE_OUT_OF_RANGE'],
  ])('refuses %s', async (_name, page, body, code) => {
    const id = await open();
    const answer = await api.send('PUT', `/submissions/${id}/manifest/${page}`, { body });
    expect(answer).toMatchObject({ status: 422, body: { code } });
  });

  it('refuses an ordinal that another page has', async () => {
    const id = await open();
    await api.send('PUT', `/submissions/${id}/manifest/1`, { body: entries(1, 2) });
    const answer = await api.send('PUT', `/submissions/${id}/manifest/2`, { body: entries(2) });
    expect(answer).toMatchObject({ status: 422, body: { code: 'ORDINAL_REPEATED', ordinals: [2] } });
  });

  it('takes one of two pages that come at once with the same ordinal, so that each file has one end', async () => {
    const id = await open();
    const answers = await Promise.all(
      [1, 2].map((page) => api.send('PUT', `/submissions/${id}/manifest/${page}`, { body: entries(1) })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(answers.map(({ body }) => body.code)).toContain('ORDINAL_REPEATED');
    expect(await api.manifests.readAll(id)).toHaveLength(1);
  });

  it('takes pages of one submission that come at once', async () => {
    const body = { ...created, fileCount: 6, totalBytes: 24, idempotencyKey: newKey() };
    const id = String((await api.send('POST', '/submissions', { body })).body.id);
    const answers = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((page) =>
        api.send('PUT', `/submissions/${id}/manifest/${page}`, { body: entries(page) }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect((await api.send('POST', `/submissions/${id}/complete`)).status).toBe(202);
  });

  it('bounds the bytes of what it lists by what a submission may hold, though it may never be completed', async () => {
    const id = await open();
    const large = { ordinal: 1, bytes: 99_999_999, sha256: digest('1'), group: 1 };
    const parts = { bytes: 5 * 1024 ** 3, sha256: Array.from({ length: 187 }, () => digest('part')) };
    const sha256 = compositeDigest(parts.sha256);
    const put = (page: number, entry: object) =>
      api.send('PUT', `/submissions/${id}/manifest/${page}`, { body: { entries: [entry] } });
    expect((await put(1, large)).status).toBe(200);
    expect(await put(2, { ordinal: 2, bytes: 1e12, sha256, group: 1, parts })).toMatchObject({
      status: 422,
      body: { code: 'SUBMISSION_TOO_LARGE' },
    });
  });

  it('refuses a digest that is none', async () => {
    const id = await open();
    const body = { entries: [{ ordinal: 1, bytes: 4, sha256: 'ABC', group: 1 }] };
    const answer = await api.send('PUT', `/submissions/${id}/manifest/1`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(answer.body.errors).toMatchObject([{ path: 'body.entries.0.sha256' }]);
  });

  it('does not find a submission of another trust', async () => {
    const id = await open();
    const answer = await api.send('PUT', `/submissions/${id}/manifest/1`, {
      body: entries(1),
      who: person('RX2'),
    });
    expect(answer).toMatchObject({ status: 404, body: { code: 'SUBMISSION_NOT_FOUND' } });
  });
});

describe('POST /v1/submissions/{id}/upload-urls', () => {
  it('signs a PUT for each file, into the trust’s landing bucket', async () => {
    const id = await api.submit([digest('a'), digest('b')], newKey());
    const answer = await api.send('POST', `/submissions/${id}/upload-urls`, {
      body: { ordinals: [2, 1, 2] },
    });
    expect(answer.status).toBe(200);
    const urls = answer.body.urls as { ordinal: number; url: string; headers: Record<string, string> }[];
    expect(urls.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    expect(urls[0]?.url).toContain(`https://landing-rx1.s3.eu-west-2.amazonaws.com/${id}/000001?`);
    expect(urls[0]?.headers).toMatchObject({ 'content-length': '4', 'content-type': 'application/dicom' });
  });

  it('refuses ordinals that the manifest does not have', async () => {
    const id = await api.submit([digest('a')], newKey());
    const answer = await api.send('POST', `/submissions/${id}/upload-urls`, { body: { ordinals: [1, 9] } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'ORDINAL_NOT_IN_MANIFEST', ordinals: [9] } });
  });

  it('signs a PUT for the NHS numbers into the exchange bucket', async () => {
    const id = await api.submit([digest('a')], newKey());
    const body = { bytes: 12, sha256: digest('9434765919,\n') };
    const answer = await api.send('POST', `/submissions/${id}/subjects-url`, { body });
    expect(answer.body.url).toContain(`https://exchange.s3.eu-west-2.amazonaws.com/subjects/${id}.txt?`);
  });
});

describe('POST /v1/submissions/{id}/complete', () => {
  it('starts the pipeline once; a second call is a no-op', async () => {
    const id = await api.submit([digest('a')], newKey());
    for (let call = 0; call < 2; call += 1)
      expect(await api.send('POST', `/submissions/${id}/complete`)).toEqual({
        status: 202,
        body: { id, state: 'processing' },
      });
    expect(api.started).toEqual([id]);
  });

  it('starts what a crash kept from starting, when it is called again', async () => {
    const id = await api.submit([digest('a')], newKey());
    api.failure = new Error('killed');
    expect((await api.send('POST', `/submissions/${id}/complete`)).status).toBe(500);
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject({ status: 202 });
    expect(api.started).toEqual([id]);
  });

  it('says which ordinals the manifest lacks', async () => {
    const id = await open();
    await api.send('PUT', `/submissions/${id}/manifest/1`, { body: entries(1) });
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject({
      status: 422,
      body: { code: 'MANIFEST_INCOMPLETE', missing: 1, ranges: ['2'] },
    });
    expect(api.started).toEqual([]);
  });

  it('refuses a manifest whose sizes do not add up', async () => {
    const body = { ...created, totalBytes: 9, idempotencyKey: newKey() };
    const id = String((await api.send('POST', '/submissions', { body })).body.id);
    await api.send('PUT', `/submissions/${id}/manifest/1`, { body: entries(1, 2) });
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject({
      status: 422,
      body: { code: 'MANIFEST_BYTES_DIFFER', announced: 9, listed: 8 },
    });
  });

  it('closes the submission: no page, no URL comes after it', async () => {
    const id = await api.submit([digest('a')], newKey());
    await api.send('POST', `/submissions/${id}/complete`);
    const refused = { status: 409, body: { code: 'SUBMISSION_NOT_OPEN' } };
    expect(await api.send('PUT', `/submissions/${id}/manifest/2`, { body: entries(1) })).toMatchObject(
      refused,
    );
    expect(
      await api.send('POST', `/submissions/${id}/upload-urls`, { body: { ordinals: [1] } }),
    ).toMatchObject(refused);
  });
});

describe('GET /v1/submissions', () => {
  it('shows a submission, and refuses its files and receipt until it is done', async () => {
    const id = await api.submit([digest('a')], newKey());
    expect(await api.send('GET', `/submissions/${id}`)).toEqual({
      status: 200,
      body: {
        id,
        state: 'open',
        collection: 'chest',
        fileCount: 1,
        totalBytes: 4,
        createdAt: '2026-11-23T12:00:00.000Z',
      },
    });
    for (const path of ['files', 'receipt'])
      expect(await api.send('GET', `/submissions/${id}/${path}`)).toMatchObject({
        status: 409,
        body: { code: 'RECEIPT_NOT_READY' },
      });
  });

  it('lists the submissions of the person’s own trust, newest first', async () => {
    const who = person('RX2');
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const body = { ...created, idempotencyKey: newKey() };
      ids.push(String((await api.send('POST', '/submissions', { body, who })).body.id));
    }
    const listed = (await api.send('GET', '/submissions', { who })).body.submissions as { id: string }[];
    expect(listed.slice(0, 3).map(({ id }) => id)).toEqual([...ids].sort().reverse());
    const others = (await api.send('GET', '/submissions')).body.submissions as { id: string }[];
    expect(others.filter(({ id }) => ids.includes(id))).toEqual([]);
  });

  it('publishes the receipt key without a sign-in', async () => {
    const { body } = await api.send('GET', '/receipt-keys');
    expect(body.keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: expect.any(String) }),
    ]);
  });
});
