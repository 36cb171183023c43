import { createHash } from 'node:crypto';
import { expireSubmissions } from '../../../lambda/submission/expire-submissions';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { SubmissionApi } from './submission-fixture';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const day = 86_400_000;
const openDays = 7;

let embedded: EmbeddedTable;
let api: SubmissionApi;
let keys = 0;

beforeEach(async () => {
  embedded = await startEmbeddedTable();
  api = new SubmissionApi(embedded.table);
});
afterEach(() => embedded.stop());

const newKey = () => {
  keys += 1;
  return `expiry-key-${String(keys).padStart(4, '0')}`;
};

const later = (milliseconds: number) => {
  api.now = new Date(api.now.getTime() + milliseconds);
};

const expire = () =>
  expireSubmissions({
    submissions: api.submissions,
    manifests: api.manifests,
    pipeline: api.ports.pipeline,
    clock: api.ports.clock,
    openDays,
  });

async function announce(fileCount: number, key = newKey()): Promise<string> {
  const body = { collection: 'chest', fileCount, totalBytes: 4 * fileCount, idempotencyKey: key };
  return String((await api.send('POST', '/submissions', { body })).body.id);
}

async function waiting(): Promise<string[]> {
  const far = new Date(api.now.getTime() + 1000 * day);
  const ids: string[] = [];
  for await (const id of api.submissions.openSince(far)) ids.push(id);
  for await (const id of api.submissions.waitingForStartSince(far)) ids.push(id);
  return ids;
}

describe('a submission that is not completed in time', () => {
  it('ends with what has come, and only it', async () => {
    const old = await api.submit([digest('a'), digest('b')], newKey());
    later(day);
    const young = await api.submit([digest('c')], newKey());
    later((openDays - 1) * day);
    expect(await expire()).toEqual({ expired: 0, started: 0 });
    later(1);
    expect(await expire()).toEqual({ expired: 1, started: 0 });
    expect(api.started).toEqual([old]);
    expect(await api.submissions.get(old)).toMatchObject({
      state: 'processing',
      expired: true,
      completedAt: api.now.toISOString(),
    });
    expect(await api.submissions.get(young)).toMatchObject({ state: 'open' });
    expect((await api.send('GET', `/submissions/${old}`)).body).toMatchObject({ expired: true });
    expect(await waiting()).toEqual([young]);
    expect(await expire()).toEqual({ expired: 0, started: 0 });
  });

  it('takes no page, file or completion any more, and says why', async () => {
    const id = await announce(1);
    later(openDays * day + 1);
    await expire();
    const refused = { status: 409, body: { code: 'SUBMISSION_EXPIRED' } };
    const entries = [{ ordinal: 1, bytes: 4, sha256: digest('a'), group: 1 }];
    expect(await api.send('PUT', `/submissions/${id}/manifest/1`, { body: { entries } })).toMatchObject(
      refused,
    );
    expect(await api.send('POST', `/submissions/${id}/complete`)).toMatchObject(refused);
    for (const path of ['upload-urls', 'files/1/part-urls'])
      expect(
        await api.send('POST', `/submissions/${id}/${path}`, {
          body: path === 'upload-urls' ? { ordinals: [1] } : {},
        }),
      ).toMatchObject(refused);
  });

  it('is told under its idempotency key, so that the client can take another', async () => {
    const key = newKey();
    const id = await announce(1, key);
    later(openDays * day + 1);
    await expire();
    const body = { collection: 'chest', fileCount: 1, totalBytes: 4, idempotencyKey: key };
    expect(await api.send('POST', '/submissions', { body })).toEqual({
      status: 200,
      body: { id, state: 'processing', expired: true },
    });
  });

  it('loses pages whose entries a crash kept from being written', async () => {
    const id = await announce(2);
    const send = (page: number) =>
      api.send('PUT', `/submissions/${id}/manifest/${page}`, {
        body: { entries: [{ ordinal: page, bytes: 4, sha256: digest(`${page}`), group: 1 }] },
      });
    await send(1);
    api.objects.beforeWrite = () => {
      throw new Error('killed');
    };
    expect((await send(2)).status).toBe(500);
    api.objects.beforeWrite = () => {};
    expect(await api.manifests.listPages(id)).toHaveLength(2);
    later(openDays * day + 1);
    await expire();
    expect((await api.manifests.readAll(id)).map(({ ordinal }) => ordinal)).toEqual([1]);
  });

  it('is started by the next run where a crash came first, and does not keep others from ending', async () => {
    const first = await api.submit([digest('a')], newKey());
    later(1);
    const second = await api.submit([digest('b')], newKey());
    later(openDays * day + 1);
    api.failure = new Error('killed');
    await expect(expire()).rejects.toMatchObject({ name: 'ExpiryIncompleteError' });
    expect(api.started).toEqual([second]);
    later(3_600_000);
    expect(await expire()).toEqual({ expired: 0, started: 1 });
    expect(api.started).toEqual([second, first]);
    expect(await waiting()).toEqual([]);
  });

  it('is not one that is completed at the same time', async () => {
    const id = await api.submit([digest('a')], newKey());
    later(openDays * day + 1);
    const [answer] = await Promise.all([api.send('POST', `/submissions/${id}/complete`), expire()]);
    const record = await api.submissions.get(id);
    const expired = record?.state !== 'open' && record?.expired === true;
    expect(answer.status).toBe(expired ? 409 : 202);
    expect(api.started).toEqual([id]);
    expect(await waiting()).toEqual([]);
  });
});

describe('a submission that was completed', () => {
  it('waits for nothing any more', async () => {
    const id = await api.submit([digest('a')], newKey());
    await api.send('POST', `/submissions/${id}/complete`);
    expect(await waiting()).toEqual([]);
  });

  it('is started though a crash lost its start and nobody completes it again', async () => {
    const id = await api.submit([digest('a')], newKey());
    api.failure = new Error('killed');
    expect((await api.send('POST', `/submissions/${id}/complete`)).status).toBe(500);
    expect(await expire()).toEqual({ expired: 0, started: 0 });
    later(300_001);
    expect(await expire()).toEqual({ expired: 0, started: 1 });
    expect(api.started).toEqual([id]);
    expect(await api.submissions.get(id)).not.toHaveProperty('expired');
  });
});
