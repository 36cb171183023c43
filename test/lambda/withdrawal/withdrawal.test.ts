import * as fc from 'fast-check';
import { newId } from '../../../lambda/platform/ids';
import type { EmbeddedTable } from '../fixtures/embedded-table';
import { Killed, Pipeline } from '../pipeline/pipeline-fixture';
import type { SentFile } from '../pipeline/sent-files';
import { WithdrawalRun } from './withdrawal-fixture';
import { everybody, file, naming, needlesOf, numberOf, onOwnTable, rowsOf } from './withdrawal-studies';

let ids = 0;
const next = (prefix: 's' | 'w') => {
  ids += 1;
  const time = ids;
  return newId(prefix, { now: () => new Date(time) }, (length) => Buffer.alloc(length, time));
};

/** Names and contents of all objects but those that a withdrawal makes. */
function snapshot(pipeline: Pipeline): Map<string, string> {
  return new Map(
    [...pipeline.objects.objects]
      .filter(
        ([name]) =>
          !/^(work\/withdrawals|catalogue\/(lake\/)?tombstones|catalogue\/lake\/lists)\//.test(name),
      )
      .map(([name, { body }]) => [name, body.toString('latin1')]),
  );
}

/** A pipeline with submissions of these slices, one each. */
async function pipelineWith(
  embedded: EmbeddedTable,
  submissions: readonly (readonly SentFile[])[],
): Promise<{ pipeline: Pipeline; submissionIds: string[] }> {
  const pipeline = new Pipeline(embedded.table, 'chest');
  const submissionIds: string[] = [];
  for (const files of submissions) {
    const id = next('s');
    submissionIds.push(id);
    await pipeline.send(id, files, everybody);
    await pipeline.run(id);
  }
  return { pipeline, submissionIds };
}

it('a patient goes with rows, objects, quarantined copies, claims and index; others stay as they are', () =>
  onOwnTable(async (embedded) => {
    const { pipeline, submissionIds } = await pipelineWith(embedded, [
      [file(0, 1), file(0, 2), file(1, 1), file(0, 1, 'b'), file(1, 1, 'b')],
      [file(0, 2), file(1, 2)],
    ]);
    const [first = ''] = submissionIds;
    const gone = rowsOf(pipeline).filter((row) => row.submission === first && row.ordinal <= 2);
    const needles = needlesOf(gone);
    const before = snapshot(pipeline);
    const untouched = [...before].filter(([, text]) => !needles.some((needle) => text.includes(needle)));
    expect(pipeline.objects.keys('quarantine')).toHaveLength(2);

    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'patients' }, [numberOf(0)]);
    expect(await withdrawal.run(id)).toMatchObject({ underWay: 0 });

    const split = String(gone[0]?.studyInstanceUid).split('.')[4] === '1' ? 'development' : 'held-out';
    const tombstones = `tombstones/collection=chest/split=${split}/`;
    expect(naming(pipeline, needles)).toEqual([
      expect.stringContaining(`catalogue/lake/${tombstones}added.${id}.`),
      `catalogue/${tombstones}${id}.ndjson`,
    ]);
    const after = snapshot(pipeline);
    for (const [name, text] of untouched)
      if (!name.startsWith('work/import-jobs/') && !name.startsWith('exchange/'))
        if (name.startsWith('quarantine/') && name.endsWith('/000004')) expect(after.has(name)).toBe(false);
        else expect([name, after.get(name) === text]).toEqual([name, true]);
    expect(pipeline.objects.keys('quarantine')).toEqual([`RX1/${first}/000005`]);
    expect(pipeline.objects.keys('exchange')).toEqual([]);
    const { index, studies } = withdrawal.ports;
    const [{ patientPseudonym, studyInstanceUid } = { patientPseudonym: '', studyInstanceUid: '' }] = gone;
    expect(await index.studiesOfPatient(patientPseudonym)).toEqual([]);
    expect(await index.quarantinedOfPatient(patientPseudonym)).toEqual([]);
    expect(await studies.isListed({ collection: 'chest', split }, studyInstanceUid)).toBe(false);
    expect([...withdrawal.marked]).toEqual(split === 'development' ? [studyInstanceUid] : []);
    const claims = await withdrawal.ports.claims.read('chest', {
      instances: gone.map((row) => row.sopInstanceUid),
      studies: [studyInstanceUid],
    });
    expect([claims.instances.size, claims.studies.size]).toEqual([0, 0]);
    expect(await withdrawal.certificate(id)).toMatchObject({
      counts: { patients: 1, studies: 1, instances: 2, quarantined: 1, submissions: 2 },
      objects: { deidentified: 2, quarantine: 1 },
      studies: [{ studyInstanceUid, whole: true }],
      notDeleted: expect.arrayContaining(['LISTS_OF_STUDIES', 'LAKE_ANSWERS_4_DAYS', 'LANDING_UNREADABLE']),
    });
    const records = await pipeline.quarantined.ofSubmission(first);
    expect(records.map(({ ordinal, state }) => [ordinal, state])).toEqual([
      [4, 'expired'],
      [5, 'waiting'],
    ]);
  }));

it('what is sent again is withheld, whether the number is asked about or the header is scanned', () =>
  onOwnTable(async (embedded) => {
    const { pipeline } = await pipelineWith(embedded, [[file(0, 1)]]);
    const needles = needlesOf(rowsOf(pipeline));
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'patients' }, [numberOf(0)]);
    await withdrawal.run(id);
    for (const subjects of [everybody, null]) {
      const again = next('s');
      await pipeline.send(again, [file(0, 1), file(0, 3), file(1, 1)], subjects);
      const { files } = await pipeline.run(again);
      expect(files.map(({ outcome }) => outcome)).toEqual([
        'withheld',
        'withheld',
        subjects === null ? 'duplicate' : 'imported',
      ]);
    }
    expect(
      naming(pipeline, needles).filter((name) => !/^catalogue\/(lake\/)?tombstones\//.test(name)),
    ).toEqual([]);
  }));

it('a withdrawn study is withheld at the batch, and the patient’s other studies are not', () =>
  onOwnTable(async (embedded) => {
    const { pipeline } = await pipelineWith(embedded, [[file(0, 1), file(1, 1)]]);
    const [study] = rowsOf(pipeline);
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, {
      kind: 'studies',
      collection: 'chest',
      studies: [study?.studyInstanceUid ?? ''],
    });
    await withdrawal.run(id);
    expect(rowsOf(pipeline)).toHaveLength(1);
    const again = next('s');
    await pipeline.send(again, [file(0, 2), file(1, 2)], everybody);
    const { files } = await pipeline.run(again);
    expect(files.map(({ outcome }) => outcome).sort()).toEqual(['imported', 'withheld']);
  }));

it('a trust goes with everything it sent, and what it sends afterwards is withheld', () =>
  onOwnTable(async (embedded) => {
    const { pipeline } = await pipelineWith(embedded, [
      [file(0, 1), file(1, 1), file(1, 1, 'b')],
      [file(2, 1)],
    ]);
    const needles = needlesOf(rowsOf(pipeline));
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'trust', trust: 'RX1' });
    await withdrawal.run(id);
    expect(
      naming(pipeline, needles).filter((name) => !/^catalogue\/(lake\/)?tombstones\//.test(name)),
    ).toEqual([]);
    for (const bucket of ['deidentified', 'quarantine', 'landing-rx1'])
      expect(pipeline.objects.keys(bucket)).toEqual([]);
    expect((await withdrawal.certificate(id)).counts).toMatchObject({ studies: 3, instancesOfOthers: 0 });
    const again = next('s');
    await pipeline.send(again, [file(0, 1)], everybody);
    expect((await pipeline.run(again)).files).toMatchObject([{ outcome: 'withheld' }]);
  }));

it('a submission that was noted before the mark is waited for, and found when it has ended', () =>
  onOwnTable(async (embedded) => {
    const { pipeline } = await pipelineWith(embedded, [[file(1, 1)]]);
    const withdrawal = new WithdrawalRun(pipeline);
    const id = next('w');
    await withdrawal.create(id, { kind: 'patients' }, [numberOf(0)]);
    const sent = next('s');
    await pipeline.send(sent, [file(0, 1)], everybody);
    let waited: { underWay: number } | undefined;
    const receipt = await pipeline.run(sent, {
      beforeReceipt: async () => {
        waited = await withdrawal.run(id);
      },
    });
    expect(waited).toMatchObject({ underWay: 1 });
    expect(receipt.files).toMatchObject([{ outcome: 'imported' }]);
    const needles = needlesOf(rowsOf(pipeline).filter((row) => row.submission === sent));
    expect(naming(pipeline, needles).length).toBeGreaterThan(0);
    expect(await withdrawal.run(id)).toMatchObject({ underWay: 0 });
    expect(
      naming(pipeline, needles).filter((name) => !/^catalogue\/(lake\/)?tombstones\//.test(name)),
    ).toEqual([]);
  }));

it('whatever is held and withdrawn, and wherever it is killed, the end is the same, and the second run changes nothing', async () => {
  const sent = fc.array(
    fc.record({
      patient: fc.nat(2),
      number: fc.integer({ min: 1, max: 3 }),
      pixel: fc.constantFrom('a', 'b'),
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(sent, { minLength: 1, maxLength: 2 }),
      fc.subarray([0, 1, 2], { minLength: 1 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 12 })),
      async (submissions, withdrawn, pauses) => {
        const run = (kill: boolean, firstId: number) =>
          onOwnTable(async (embedded) => {
            ids = firstId;
            const { pipeline } = await pipelineWith(
              embedded,
              submissions.map((files) => files.map((each) => file(each.patient, each.number, each.pixel))),
            );
            const before = rowsOf(pipeline);
            const withdrawal = new WithdrawalRun(pipeline);
            if (kill) {
              let left = pauses.next().value;
              withdrawal.beforeWrite = () => {
                left -= 1;
                if (left > 0) return;
                // further apart each time, so that every step comes to its end
                left = pauses.next().value * 8;
                throw new Killed();
              };
            }
            const id = next('w');
            await withdrawal.create(id, { kind: 'patients' }, withdrawn.map(numberOf)).catch(() => {});
            withdrawal.beforeWrite = kill ? withdrawal.beforeWrite : () => {};
            if ((await withdrawal.ports.withdrawals.get(id))?.state !== 'preparing') {
              withdrawal.beforeWrite = () => {};
              await withdrawal.create(id, { kind: 'patients' }, withdrawn.map(numberOf));
            }
            await withdrawal.run(id);
            const after = snapshot(pipeline);
            const rows = rowsOf(pipeline);
            const gone = before.filter(
              (row) => !rows.some((each) => each.sopInstanceUid === row.sopInstanceUid),
            );
            expect(
              naming(pipeline, needlesOf(gone)).filter(
                (name) => !/^catalogue\/(lake\/)?tombstones\//.test(name),
              ),
            ).toEqual([]);
            const certificate = await withdrawal.certificate(id);
            expect([...withdrawal.marked].sort()).toEqual(
              certificate.studies
                .filter(({ split, whole }) => split === 'development' && whole)
                .map(({ studyInstanceUid }) => studyInstanceUid)
                .sort(),
            );
            withdrawal.beforeWrite = () => {};
            await withdrawal.run(id);
            expect(snapshot(pipeline)).toEqual(after);
            expect(await withdrawal.certificate(id)).toEqual(certificate);
            return { after, rows, certificate };
          });
        const start = ids;
        const calm = await run(false, start);
        const stormy = await run(true, start);
        expect(stormy.rows).toEqual(calm.rows);
        expect([...stormy.after.keys()].sort()).toEqual([...calm.after.keys()].sort());
        expect(stormy.certificate).toEqual(calm.certificate);
      },
    ),
    { numRuns: 12, seed: 7 },
  );
}, 300_000);
