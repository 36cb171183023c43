import { createHash } from 'node:crypto';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { replayPart } from '../../../lambda/quarantine/replay-part';
import { compositeDigest, smallestPart } from '../../../lambda/submission/parts.contract';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { person } from '../submission/submission-fixture';
import { everybody, nhsNumberOf, Quarantine, slice } from './quarantine-fixture';

let embedded: EmbeddedTable;
let quarantine: Quarantine;
let collections = 0;

beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

beforeEach(() => {
  collections += 1;
  quarantine = new Quarantine(embedded.table, `desk-${collections}`);
});

const screenSave = () => slice(0, 1, 1, true);
function accessDenied(): S3ServiceException {
  const $metadata = { httpStatusCode: 403 };
  return new S3ServiceException({ name: 'AccessDenied', $fault: 'client', $metadata });
}

const notDicom = Buffer.from('this is no image');
const one = { code: 'BURNED_IN_TEXT' };

/** What is kept of this test's own submissions; the table is shared. */
async function keptCount(code: string): Promise<number> {
  const counts = await quarantine.pipeline.quarantined.counts();
  return counts.find((count) => count.code === code)?.files ?? 0;
}

describe('the record of a quarantined file', () => {
  it('stands for each quarantined file of the receipt, with where it lies and when it ends', async () => {
    const id = await quarantine.submit([slice(0, 1, 2), screenSave(), notDicom]);
    const records = await quarantine.pipeline.quarantined.ofSubmission(id);
    expect(records.map(({ ordinal, code, held, state }) => [ordinal, code, held, state])).toEqual([
      [2, 'BURNED_IN_TEXT', 'quarantine', 'waiting'],
      [3, 'NOT_DICOM', 'landing', 'waiting'],
    ]);
    expect(records.map(({ expiresAt }) => expiresAt.slice(0, 10))).toEqual(['2027-02-21', '2026-12-07']);
    expect(records[0]?.rules).toEqual(quarantine.pipeline.rules);
  });

  it('stays one when the receipt is written again', async () => {
    const before = await keptCount('BURNED_IN_TEXT');
    const id = await quarantine.submit([screenSave()]);
    const record = await quarantine.record(id, 1);
    await quarantine.pipeline.receipt(id);
    expect(await quarantine.record(id, 1)).toEqual(record);
    expect(await keptCount('BURNED_IN_TEXT')).toBe(before + 1);
  });
});

describe('a release', () => {
  it('processes the file under the changed rules, deletes its copy and says what became of it', async () => {
    const id = await quarantine.submit([screenSave()]);
    expect(quarantine.copies()).toHaveLength(1);
    quarantine.accept('screen-save');
    const files = [{ submission: id, ordinal: 1 }];
    const { status, body } = await quarantine.release({ files });
    expect(status).toBe(202);
    const record = await quarantine.record(id, 1);
    expect(record).toMatchObject({ state: 'released', outcome: 'imported', replay: { ordinal: 1 } });
    expect(quarantine.copies()).toEqual([]);
    expect(quarantine.pipeline.objects.keys('landing-rx1')).toEqual([]);
    const replay = record?.state === 'released' ? record.replay.submission : '';
    expect(await quarantine.pipeline.submissions.get(replay)).toMatchObject({
      state: 'done',
      replayOf: [id],
      createdBy: 'officer-1',
      totals: { imported: 1 },
    });
    expect((await quarantine.pipeline.readReceipt(replay)).replayOf).toEqual([id]);
    expect(await quarantine.pipeline.readReceipt(id)).not.toHaveProperty('replayOf');
    const shown = await quarantine.send('GET', `/quarantine/${id}/1`);
    expect(shown.body).toMatchObject({ replay, replayOrdinal: 1, outcome: 'imported' });
    const { body: view } = await quarantine.send('GET', `/quarantine/releases/${body.id}`);
    expect(view.parts).toEqual([expect.objectContaining({ state: 'done', submission: replay, files: 1 })]);
  });

  it('cannot be made twice of the same file', async () => {
    const id = await quarantine.submit([screenSave()]);
    quarantine.accept('screen-save');
    const files = [{ submission: id, ordinal: 1 }];
    await quarantine.release({ files });
    expect(await quarantine.send('POST', '/quarantine/releases', { body: { files } })).toMatchObject({
      status: 409,
      body: { code: 'NOTHING_TO_RELEASE' },
    });
  });

  it('takes a file once where two are made at the same time', async () => {
    const id = await quarantine.submit([screenSave()]);
    quarantine.accept('screen-save');
    const body = { files: [{ submission: id, ordinal: 1 }] };
    const answers = await Promise.all([
      quarantine.send('POST', '/quarantine/releases', { body }),
      quarantine.send('POST', '/quarantine/releases', { body }),
    ]);
    await quarantine.runReplays();
    const states = await Promise.all(
      answers.map(async (answer) => {
        const { body: view } = await quarantine.send('GET', `/quarantine/releases/${answer.body.id}`);
        return (view.parts as { state: string }[]).map(({ state }) => state);
      }),
    );
    expect(states.flat().sort()).toEqual(['done', 'nothing-to-do']);
  });

  it('is made once where two runs of its part are under way at the same time', async () => {
    const files = [screenSave(), slice(1, 1, 1, true), slice(2, 1, 1, true)];
    const id = await quarantine.submit(files);
    quarantine.accept('screen-save');
    const body = { files: [1, 2, 3].map((ordinal) => ({ submission: id, ordinal })) };
    const answer = await quarantine.send('POST', '/quarantine/releases', { body });
    const step = { releaseId: String(answer.body.id), part: 1 };
    const outputs = await Promise.all([1, 2].map(() => replayPart(quarantine.replayPorts, step)));
    expect(outputs).toEqual([1, 2].map(() => ({ part: 1, files: 3, copied: 3 })));
    expect(quarantine.started).toHaveLength(1);
    await quarantine.runReplays();
    const records = await quarantine.pipeline.quarantined.ofSubmission(id);
    expect(records.map(({ state }) => state)).toEqual(['released', 'released', 'released']);
    const numbers = records.map((record) => (record.state === 'released' ? record.replay.ordinal : 0));
    expect(numbers.sort()).toEqual([1, 2, 3]);
    // a run that comes late changes nothing
    await replayPart(quarantine.replayPorts, step);
    expect(quarantine.pipeline.objects.keys('landing-rx1')).toEqual([]);
    expect(quarantine.started).toEqual([]);
  });

  it('is the same one for the same key, and refuses the key with another request', async () => {
    const id = await quarantine.submit([screenSave(), slice(1, 1, 1, true)]);
    quarantine.accept('screen-save');
    const body = { files: [{ submission: id, ordinal: 1 }] };
    const send = (content: unknown) =>
      quarantine.send('POST', '/quarantine/releases', { body: content, key: `key-${id}` });
    const [first, second] = await Promise.all([send(body), send(body)]);
    expect(second.body.id).toBe(first.body.id);
    expect(await send({ files: [{ submission: id, ordinal: 2 }] })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  it('refuses where no rule has changed, unless asked to go on', async () => {
    const id = await quarantine.submit([screenSave()]);
    const files = [{ submission: id, ordinal: 1 }];
    expect(await quarantine.send('POST', '/quarantine/releases', { body: { files } })).toMatchObject({
      status: 409,
      body: { code: 'RULES_NOT_CHANGED', unchanged: 1 },
    });
    await quarantine.release({ files, again: true });
    const record = await quarantine.record(id, 1);
    expect(record).toMatchObject({ state: 'waiting', code: 'BURNED_IN_TEXT', replays: 1 });
    expect(record).not.toHaveProperty('replay');
    expect(quarantine.copies()).toEqual([`RX1/${id}/000001`]);
  });

  it('needs no change of rules where the code does not depend on them: a stray image set is imported again', async () => {
    const id = await quarantine.submit([slice(0, 1, 1)], { importOf: () => 'not-primary' });
    expect(await quarantine.record(id, 1)).toMatchObject({ code: 'IMPORT_NOT_PRIMARY', state: 'waiting' });
    await quarantine.release({ code: 'IMPORT_NOT_PRIMARY' });
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'released', outcome: 'imported' });
  });

  it('gives a file that is quarantined again its new code, its old end and its old copy', async () => {
    const id = await quarantine.submit([screenSave()]);
    const before = await quarantine.record(id, 1);
    quarantine.accept('screen-save');
    quarantine.pass(3);
    await quarantine.release({ files: [{ submission: id, ordinal: 1 }] }, { importOf: () => 'refused' });
    const record = await quarantine.record(id, 1);
    expect(record).toMatchObject({
      state: 'waiting',
      code: 'IMPORT_REFUSED',
      replays: 1,
      expiresAt: before?.expiresAt,
    });
    expect(record?.rules.acceptedPixelKinds).toEqual(['screen-save']);
    expect(quarantine.copies()).toEqual([`RX1/${id}/000001`]);
    const list = await quarantine.send('GET', '/quarantine', { query: { code: 'IMPORT_REFUSED' } });
    expect(list.body.files).toContainEqual(expect.objectContaining({ submission: id, ordinal: 1 }));
  });

  it('asks the opt-out service again, and does not write down who was withheld', async () => {
    const id = await quarantine.submit([screenSave()]);
    quarantine.accept('screen-save');
    const optedOut = new Set([nhsNumberOf(0)]);
    await quarantine.release({ files: [{ submission: id, ordinal: 1 }] }, { optedOut });
    expect(await quarantine.record(id, 1)).toMatchObject({ outcome: 'duplicateOrWithheld' });
    expect(quarantine.copies()).toEqual([]);
    expect(quarantine.pipeline.objects.keys('landing-rx1')).toEqual([]);
  });

  it('takes a file that stayed in landing back through the pipeline, and deletes it there', async () => {
    const id = quarantine.newId('s');
    const { pipeline } = quarantine;
    await pipeline.send(id, [{ bytes: slice(0, 1, 1), group: 1 }], everybody);
    // the batch crashed: nobody can say whether its patients were cleared
    await pipeline.runWithoutEngine(id);
    expect(await quarantine.record(id, 1)).toMatchObject({ code: 'PROCESSING_FAILED', held: 'landing' });
    expect(pipeline.objects.keys('landing-rx1')).toEqual([`${id}/000001`]);
    await quarantine.release({ files: [{ submission: id, ordinal: 1 }] });
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'released', outcome: 'imported' });
    expect(pipeline.objects.keys('landing-rx1')).toEqual([]);
  });

  it('loses nothing where the opt-out service does not answer: files wait in landing for a replay that asks again', async () => {
    const optedOut = new Set([nhsNumberOf(0)]);
    const id = await quarantine.submit([slice(0, 1, 1), slice(1, 1, 1)], { unanswered: true });
    const { objects } = quarantine.pipeline;
    for (const ordinal of [1, 2])
      expect(await quarantine.record(id, ordinal)).toMatchObject({
        code: 'CLEARANCE_MISSING',
        held: 'landing',
      });
    expect(objects.keys('landing-rx1')).toEqual([`${id}/000001`, `${id}/000002`]);
    expect([...objects.keys('quarantine'), ...objects.keys('deidentified')]).toEqual([]);
    await quarantine.release({ code: 'CLEARANCE_MISSING' }, { unanswered: true });
    expect(await quarantine.record(id, 2)).toMatchObject({ state: 'waiting', replays: 1 });
    await quarantine.release({ code: 'CLEARANCE_MISSING' }, { optedOut });
    expect(await quarantine.record(id, 1)).toMatchObject({ outcome: 'duplicateOrWithheld' });
    expect(await quarantine.record(id, 2)).toMatchObject({ state: 'released', outcome: 'imported' });
    expect(objects.keys('landing-rx1')).toEqual([]);
  });

  it('leaves a file waiting that landing gives nobody, and takes the others', async () => {
    const id = await quarantine.submit([screenSave(), slice(1, 1, 1, true)]);
    quarantine.accept('screen-save');
    const { objects } = quarantine.pipeline;
    const copy = objects.copy.bind(objects);
    objects.copy = async (from, to, tags) => {
      if (from.key.endsWith('/000001')) throw accessDenied();
      return copy(from, to, tags);
    };
    await quarantine.release({ files: [1, 2].map((ordinal) => ({ submission: id, ordinal })) });
    expect(await quarantine.record(id, 1)).toMatchObject({
      state: 'waiting',
      code: 'BURNED_IN_TEXT',
      replays: 0,
    });
    expect(await quarantine.record(id, 2)).toMatchObject({ state: 'released', outcome: 'imported' });
  });

  it('takes a file that came in parts, whose copies in quarantine keep no digests of them', async () => {
    const id = quarantine.newId('s');
    const { pipeline } = quarantine;
    const bytes = slice(0, 1, 1, true);
    const parts = { bytes: smallestPart, sha256: [createHash('sha256').update(bytes).digest('hex')] };
    const composite = { parts: 1, sha256: compositeDigest(parts.sha256) };
    await pipeline.send(id, [{ bytes, group: 1, parts }], everybody);
    pipeline.objects.setParted('landing-rx1', `${id}/000001`, bytes, composite);
    await pipeline.run(id);
    expect(await quarantine.record(id, 1)).toMatchObject({ code: 'BURNED_IN_TEXT', entry: { parts } });
    quarantine.accept('screen-save');
    await quarantine.release({ files: [{ submission: id, ordinal: 1 }] });
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'released', outcome: 'imported' });
  });

  it('expires a file whose copy has gone meanwhile', async () => {
    const id = await quarantine.submit([screenSave()]);
    quarantine.accept('screen-save');
    await quarantine.pipeline.objects.deleteAllVersions('quarantine', `RX1/${id}/`);
    await quarantine.release({ files: [{ submission: id, ordinal: 1 }] });
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'expired' });
  });

  it('makes one submission of the files of several, groups kept apart, and says which they are', async () => {
    const first = await quarantine.submit([screenSave(), slice(0, 2, 1, true)]);
    const second = await quarantine.submit([slice(1, 1, 1, true)]);
    quarantine.accept('screen-save');
    const files = [
      { submission: second, ordinal: 1 },
      { submission: first, ordinal: 2 },
      { submission: first, ordinal: 1 },
    ];
    const { body } = await quarantine.release({ files });
    expect(body).toMatchObject({ files: 3, parts: [{ files: 3 }] });
    for (const { submission, ordinal } of files)
      expect(await quarantine.record(submission, ordinal)).toMatchObject({ outcome: 'imported' });
  });

  it('only says what it would do where it is a dry run', async () => {
    const id = await quarantine.submit([screenSave()]);
    quarantine.accept('screen-save');
    const { status, body } = await quarantine.release({
      files: [{ submission: id, ordinal: 1 }],
      dryRun: true,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ files: 1, parts: [{ trust: 'RX1', files: 1 }] });
    expect(body).not.toHaveProperty('id');
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'waiting' });
  });

  it.each([
    ['a code of which nothing is ever released', { code: 'NOT_DICOM' }, 409, 'NEVER_RELEASED'],
    ['a code and files', { ...one, files: [] }, 400, 'INVALID_REQUEST'],
    ['neither', {}, 400, 'INVALID_REQUEST'],
    [
      'a file that is not there',
      { files: [{ submission: `s-${'0'.repeat(26)}`, ordinal: 1 }] },
      404,
      'FILE_NOT_FOUND',
    ],
    [
      'a file twice',
      { files: [1, 1].map((ordinal) => ({ submission: `s-${'0'.repeat(26)}`, ordinal })) },
      422,
      'FILES_REPEATED',
    ],
  ])('refuses %s', async (_name, body, status, code) => {
    expect(await quarantine.send('POST', '/quarantine/releases', { body })).toMatchObject({
      status,
      body: { code },
    });
  });
});

describe('a rejection', () => {
  it('deletes the copy at once and keeps who decided and why', async () => {
    const id = await quarantine.submit([screenSave()]);
    const body = { reason: 'not-wanted' };
    const answer = await quarantine.send('POST', `/quarantine/${id}/1/reject`, { body });
    expect(answer).toMatchObject({
      status: 200,
      body: { state: 'rejected', reason: 'not-wanted', decidedBy: 'officer-1' },
    });
    expect(quarantine.copies()).toEqual([]);
    const repeated = await quarantine.send('POST', `/quarantine/${id}/1/reject`, { body });
    expect(repeated.body).toEqual(answer.body);
  });

  it('refuses a file that is in a replay', async () => {
    const id = await quarantine.submit([screenSave()]);
    await quarantine.pipeline.quarantined.beginReplay(
      { submission: id, ordinal: 1 },
      { release: quarantine.newId('r'), submission: quarantine.newId('s') },
    );
    const body = { reason: 'not-wanted' };
    expect(await quarantine.send('POST', `/quarantine/${id}/1/reject`, { body })).toMatchObject({
      status: 409,
      body: { code: 'NOT_WAITING' },
    });
    expect(quarantine.copies()).toHaveLength(1);
  });
});

describe('the end of a quarantined file', () => {
  it('comes after the configured days, with an entry in the ledger and nothing left', async () => {
    const id = await quarantine.submit([screenSave(), notDicom]);
    quarantine.pass(13);
    expect(await quarantine.expire()).toMatchObject({ expired: 0 });
    quarantine.pass(2);
    await quarantine.expire();
    expect(await quarantine.record(id, 2)).toMatchObject({ state: 'expired', code: 'NOT_DICOM' });
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'waiting' });
    expect(quarantine.pipeline.objects.keys('landing-rx1')).toEqual([]);
    expect(quarantine.copies()).toHaveLength(1);
    quarantine.pass(76);
    await quarantine.expire();
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'expired' });
    expect(quarantine.copies()).toEqual([]);
    expect((await quarantine.expire()).expired).toBe(0);
  });

  it('is told before: in lists and in the count that raises the alarm', async () => {
    const id = await quarantine.submit([screenSave(), notDicom]);
    const soon = async () => {
      const { body } = await quarantine.send('GET', `/quarantine/${id}/1`);
      return [body.endsSoon, (await quarantine.expire()).endSoon > 0];
    };
    expect(await soon()).toEqual([false, false]);
    quarantine.pass(77);
    expect(await soon()).toEqual([true, true]);
    const { body } = await quarantine.send('GET', '/quarantine', { query: { endsWithin: '14' } });
    expect(body.files).toContainEqual(expect.objectContaining({ submission: id, ordinal: 1 }));
    quarantine.pass(20);
    await quarantine.expire();
  });

  it('waits for a file that is in a replay, and keeps its copy', async () => {
    const id = await quarantine.submit([screenSave(), slice(1, 1, 1, true)]);
    const replay = { release: quarantine.newId('r'), submission: quarantine.newId('s') };
    await quarantine.pipeline.quarantined.beginReplay({ submission: id, ordinal: 2 }, replay);
    quarantine.pass(91);
    await quarantine.expire();
    expect(await quarantine.record(id, 1)).toMatchObject({ state: 'expired' });
    expect(quarantine.copies()).toEqual([`RX1/${id}/000002`]);
    const record = await quarantine.record(id, 2);
    if (record?.state !== 'replaying') throw new Error('not in a replay');
    await quarantine.pipeline.quarantined.returnToWaiting(record, null);
    await quarantine.expire();
    expect(await quarantine.record(id, 2)).toMatchObject({ state: 'expired' });
    expect(quarantine.copies()).toEqual([]);
  });
});

describe('who sees what', () => {
  it('a trust sees its own files and decides nothing', async () => {
    const id = await quarantine.submit([screenSave()]);
    const own = person('RX1');
    const other = person('RX2');
    expect((await quarantine.send('GET', `/quarantine/${id}/1`, { who: own })).status).toBe(200);
    expect(await quarantine.send('GET', `/quarantine/${id}/1`, { who: other })).toMatchObject({
      status: 404,
      body: { code: 'FILE_NOT_FOUND' },
    });
    expect((await quarantine.send('GET', '/quarantine', { who: other })).body.files).toEqual([]);
    expect((await quarantine.send('GET', '/quarantine/counts', { who: other })).body.counts).toEqual([]);
    expect(await quarantine.send('GET', '/quarantine', { who: own, query: { trust: 'RX2' } })).toMatchObject({
      status: 403,
      body: { code: 'OTHER_TRUST' },
    });
    for (const [path, body] of [
      ['/quarantine/releases', one],
      [`/quarantine/${id}/1/reject`, { reason: 'not-wanted' }],
    ] as const)
      expect(await quarantine.send('POST', path, { who: own, body })).toMatchObject({
        status: 403,
        body: { code: 'ROLE_REQUIRED' },
      });
  });

  it.each(['applicant', 'reviewer', 'auditor'] as const)('a %s sees nothing', async (role) => {
    const who = person(null, [role]);
    for (const path of ['/quarantine', '/quarantine/counts'])
      expect((await quarantine.send('GET', path, { who })).status).toBe(403);
  });

  it('a list goes on where the page before ended, each file once', async () => {
    const id = await quarantine.submit(
      Array.from({ length: 210 }, (_, index) => Buffer.from(`no image ${index}`)),
    );
    const seen: number[] = [];
    let next: string | undefined;
    do {
      const query = { code: 'NOT_DICOM', state: 'waiting', ...(next !== undefined && { next }) };
      const { body } = await quarantine.send('GET', '/quarantine', { query });
      for (const file of body.files as { submission: string; ordinal: number }[])
        if (file.submission === id) seen.push(file.ordinal);
      next = body.next as string | undefined;
    } while (next !== undefined);
    expect(seen).toEqual(Array.from({ length: 210 }, (_, index) => index + 1));
  });
});
