import { newId } from '../../../lambda/platform/ids';
import { landingKey } from '../../../lambda/platform/object-keys';
import { beginWithdrawal } from '../../../lambda/withdrawal/begin-withdrawal';
import { eraseSubmission } from '../../../lambda/withdrawal/erase-submission';
import { prepareWithdrawal } from '../../../lambda/withdrawal/prepare-withdrawal';
import { Pipeline } from '../pipeline/pipeline-fixture';
import { WithdrawalRun } from './withdrawal-fixture';
import { everybody, file, naming, needlesOf, numberOf, onOwnTable, rowsOf } from './withdrawal-studies';

/** Withdrawals beside other things that go on at the same time. */

let ids = 0;
const next = (prefix: 's' | 'w' | 'r') => {
  ids += 1;
  const time = ids;
  return newId(prefix, { now: () => new Date(time) }, (length) => Buffer.alloc(length, time));
};

/** Erasing a submission leaves the lake to the step after it, whose own races test/lambda/lake/lake-history holds. */
const notTombstones = (names: readonly string[]) =>
  names.filter(
    (name) => !/^catalogue\/(lake|tombstones)\//.test(name) && !name.startsWith('work/withdrawals/'),
  );

/** Calls `event` once, before the `nth` object is written; gives whether it came to that. */
function beforeWrite(pipeline: Pipeline, nth: number, event: () => Promise<unknown>): () => boolean {
  const { objects } = pipeline;
  let writes = 0;
  for (const method of ['put', 'replace'] as const) {
    const original = objects[method].bind(objects) as (...given: unknown[]) => Promise<boolean>;
    Object.assign(objects, {
      [method]: async (...given: unknown[]) => {
        writes += 1;
        if (writes === nth) await event();
        return original(...given);
      },
    });
  }
  return () => writes >= nth;
}

it.each([1, 2, 3, 4, 5, 6])(
  'two withdrawals that meet in a submission bring back nothing of each other (write %d)',
  (nth) =>
    onOwnTable(async (embedded) => {
      const pipeline = new Pipeline(embedded.table, 'chest');
      const sent = next('s');
      await pipeline.send(sent, [file(0, 1), file(1, 1), file(2, 1)], everybody);
      await pipeline.run(sent);
      const withdrawal = new WithdrawalRun(pipeline);
      const gone = rowsOf(pipeline).filter(({ ordinal }) => ordinal > 1);
      const [first, second] = [next('w'), next('w')];
      for (const [index, id] of [first, second].entries()) {
        await withdrawal.create(id, { kind: 'patients' }, [numberOf(index + 1)]);
        await prepareWithdrawal(withdrawal.ports, id);
        await beginWithdrawal(withdrawal.ports, id, 0);
      }
      const erase = (withdrawalId: string) =>
        eraseSubmission(withdrawal.ports, { withdrawalId, submissionId: sent });
      const met = beforeWrite(pipeline, nth, () => erase(second));
      await erase(first);
      if (!met()) await erase(second);
      expect(notTombstones(naming(pipeline, needlesOf(gone)))).toEqual([]);
      expect(rowsOf(pipeline).map(({ ordinal }) => ordinal)).toEqual([1]);
    }),
);

it('a second withdrawal of a patient is certified after the first one has deleted what it found', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const sent = next('s');
    await pipeline.send(sent, [file(0, 1)], everybody);
    await pipeline.run(sent);
    const withdrawal = new WithdrawalRun(pipeline);
    const [first, second] = [next('w'), next('w')];
    for (const id of [first, second]) await withdrawal.create(id, { kind: 'patients' }, [numberOf(0)]);
    await prepareWithdrawal(withdrawal.ports, first);
    await beginWithdrawal(withdrawal.ports, first, 0);
    await eraseSubmission(withdrawal.ports, { withdrawalId: first, submissionId: sent });
    expect(withdrawal.deleted).toEqual([]);
    expect(await withdrawal.run(second)).toMatchObject({ underWay: 1 });
    expect(await withdrawal.run(first)).toMatchObject({ underWay: 0 });
    expect(withdrawal.deleted).toHaveLength(1);
    expect(await withdrawal.run(second)).toMatchObject({ underWay: 0 });
    expect((await withdrawal.certificate(second)).counts).toMatchObject({ imageSets: 0 });
  }));

it('nothing of a withdrawn study is put where it could be left: its output is never written', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const [sent, again] = [next('s'), next('s')];
    await pipeline.send(sent, [file(0, 1), file(1, 1)], everybody);
    await pipeline.run(sent);
    const [study] = rowsOf(pipeline).map((row) => row.studyInstanceUid);
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'studies', collection: 'chest', studies: [study] });
    await withdrawal.run(id);
    const written: string[] = [];
    pipeline.objects.beforeWrite = (write) => void written.push(write);
    await pipeline.send(again, [file(0, 2), file(1, 2)], everybody);
    const { files } = await pipeline.run(again);
    expect(files.map(({ outcome }) => outcome).sort()).toEqual(['imported', 'withheld']);
    expect(written.filter((write) => write.startsWith('put deidentified/'))).toHaveLength(1);
  }));

it('a table of demographics that was read before a withdrawal leaves no row of its patient', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const sent = next('s');
    await pipeline.send(sent, [file(0, 1), file(1, 1)], everybody);
    await pipeline.run(sent);
    const needles = needlesOf(rowsOf(pipeline).filter(({ ordinal }) => ordinal === 1));
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await pipeline.handInTable(
      sent,
      `nhs_number,age_at_scan,sex,ethnic_category,date_of_admission\n${[0, 1].map((each) => `${numberOf(each)},50,1,A,2026-03-01\n`).join('')}`,
    );
    const met = beforeWrite(pipeline, 1, async () => {
      await withdrawal.create(id, { kind: 'patients' }, [numberOf(0)]);
      await withdrawal.run(id);
    });
    expect(await pipeline.applyDemographics(sent, 'event')).toEqual({ state: 'done' });
    expect(met()).toBe(true);
    expect(notTombstones(naming(pipeline, needles))).toEqual([]);
    expect(await pipeline.account.view(sent)).toMatchObject({ state: 'applied', rows: 2, applied: 1 });
  }));

it('a withdrawn patient does not wait in landing for an answer of the opt-out service', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const sent = next('s');
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'patients' }, [numberOf(0)]);
    await withdrawal.run(id);
    await pipeline.send(sent, [file(0, 1), file(1, 1)], everybody);
    const { files } = await pipeline.run(sent, { unanswered: true });
    expect(files).toMatchObject([
      { outcome: 'withheld' },
      { outcome: 'quarantined', code: 'CLEARANCE_MISSING' },
    ]);
    expect(pipeline.objects.keys('landing-rx1')).toEqual([landingKey(sent, 2)]);
  }));

it('a replay that has taken a quarantined file of the patient, or of the trust, is waited for', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const [sent, replay] = [next('s'), next('s')];
    await pipeline.send(sent, [file(0, 1), file(0, 1, 'b')], everybody);
    await pipeline.run(sent);
    const [record] = await pipeline.quarantined.ofSubmission(sent);
    if (record === undefined) throw new Error('nothing was quarantined');
    await pipeline.quarantined.beginReplay(record, { release: next('r'), submission: replay });
    const withdrawal = new WithdrawalRun(pipeline);
    const [patient, trust] = [next('w'), next('w')];
    await withdrawal.create(patient, { kind: 'patients' }, [numberOf(0)]);
    await withdrawal.create(trust, { kind: 'trust', trust: 'RX1' });
    expect(await withdrawal.run(patient)).toMatchObject({ underWay: 1 });
    expect(await withdrawal.run(trust)).toMatchObject({ underWay: 1 });
    const taken = await pipeline.quarantined.get(record);
    if (taken?.state !== 'replaying') throw new Error('the replay did not take the file');
    await pipeline.quarantined.returnToWaiting(taken, null);
    expect(await withdrawal.run(patient)).toMatchObject({ underWay: 0 });
    expect(pipeline.objects.keys('quarantine')).toEqual([]);
  }));

it('of an open submission of a withdrawn trust nothing is left: numbers, files, parts of files', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const open = next('s');
    await pipeline.submissions.create(
      {
        id: open,
        state: 'open',
        trust: 'RX1',
        collection: 'chest',
        fileCount: 2,
        totalBytes: 2,
        createdAt: pipeline.clock.now().toISOString(),
        createdBy: 'subject',
      },
      open,
      'digest',
    );
    const withdrawal = new WithdrawalRun(pipeline);
    const place = { bucket: 'landing-rx1', key: landingKey(open, 1) };
    const uploadId = await pipeline.multipart.create(place);
    await withdrawal.ports.uploads.begin(open, place.key, uploadId, null);
    pipeline.multipart.send(uploadId, 1, Buffer.from('part'));
    pipeline.objects.set(place.bucket, landingKey(open, 2), 'file');
    for (const key of ['subjects', 'requests', 'responses'])
      pipeline.objects.set('exchange', `${key}/${open}.txt`, `${numberOf(0)},\n`);
    const id = next('w');
    await withdrawal.create(id, { kind: 'trust', trust: 'RX1' });
    await withdrawal.run(id);
    expect(pipeline.objects.keys('exchange')).toEqual([]);
    expect(pipeline.objects.keys('landing-rx1')).toEqual([]);
    expect(pipeline.multipart.uploads.size).toBe(0);
  }));

it('the claim of a study goes with its last images, though another submission sent duplicates of them', () =>
  onOwnTable(async (embedded) => {
    const pipeline = new Pipeline(embedded.table, 'chest');
    const [sent, duplicate] = [next('s'), next('s')];
    await pipeline.send(sent, [file(0, 1)], everybody);
    await pipeline.run(sent);
    const [row] = rowsOf(pipeline);
    if (row === undefined) throw new Error('nothing was imported');
    await pipeline.send(duplicate, [file(0, 1)], everybody);
    expect((await pipeline.run(duplicate)).files).toMatchObject([{ outcome: 'duplicate' }]);
    // the second submission is another trust's
    await embedded.table.delete({ pk: 'TRUST#RX1', sk: `SUBMISSION#${duplicate}` });
    await embedded.table.update(
      { pk: `SUBMISSION#${duplicate}`, sk: 'SUBMISSION' },
      { expression: 'SET trust = :other', values: { ':other': 'RY2' } },
    );
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'trust', trust: 'RX1' });
    await withdrawal.run(id);
    const { index, claims } = withdrawal.ports;
    expect(await index.holdersOfStudy('chest', row.studyInstanceUid)).toHaveLength(1);
    const left = await claims.read('chest', {
      instances: [row.sopInstanceUid],
      studies: [row.studyInstanceUid],
    });
    expect([left.instances.size, left.studies.size]).toEqual([0, 0]);
  }));
