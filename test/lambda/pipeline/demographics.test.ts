import * as fc from 'fast-check';
import { z } from 'zod';
import { fictitiousPatient } from '../../../dicom/synthetic/fictitious-patients';
import { ctSlice } from '../../../dicom/synthetic/images';
import { part10File } from '../../../dicom/synthetic/part10-file';
import type { ClinicalRow } from '../../../lambda/demographics/demographics.contract';
import { newId } from '../../../lambda/platform/ids';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { Killed, Pipeline, validNhsNumber } from './pipeline-fixture';

const patients = [0, 1, 2].map((index) => fictitiousPatient('demographics', index));
const numbers = patients.map(({ nhsNumber }) => validNhsNumber(nhsNumber));

function slice(patient: number): { bytes: Buffer; group: number } {
  const person = patients[patient];
  if (person === undefined) throw new Error('no such patient');
  const image = ctSlice(
    {
      seed: 'demographics',
      name: `study of ${patient}`,
      patient: person,
      nhsNumberPlace: { attribute: 'PatientID' },
    },
    { series: 1, slice: 1, size: 16 },
  );
  return { bytes: part10File(image.instance, image.pixels), group: patient + 1 };
}

const anything = z.record(z.string(), z.unknown());

/** A row for each patient, of the ethnic category given. */
const table = (ethnicCategory = 'A', rows = numbers) =>
  `nhs_number,age_at_scan,sex,ethnic_category,date_of_admission\n${rows
    .map((number) => `${number},50,1,${ethnicCategory},2026-03-01\n`)
    .join('')}`;

let embedded: EmbeddedTable;
beforeAll(async () => {
  embedded = await startEmbeddedTable();
});
afterAll(() => embedded.stop());

let made = 0;
async function sent(ledger = embedded.table): Promise<{ pipeline: Pipeline; id: string }> {
  made += 1;
  const time = 1_000_000 + made;
  const pipeline = new Pipeline(ledger, `demographics-${made}`);
  const id = newId('s', { now: () => new Date(time) });
  await pipeline.send(id, [slice(0), slice(1), slice(2)], numbers);
  return { pipeline, id };
}

function clinicalRows(pipeline: Pipeline): ClinicalRow[] {
  return pipeline.objects
    .keys('catalogue')
    .filter((key) => key.startsWith('clinical/'))
    .flatMap((key) => pipeline.text('catalogue', key).split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ClinicalRow);
}

const pseudonymsOfImages = (pipeline: Pipeline) =>
  new Set(
    pipeline.objects
      .keys('catalogue')
      .filter((key) => key.startsWith('rows/'))
      .flatMap((key) => pipeline.text('catalogue', key).split('\n'))
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as ClinicalRow).patientPseudonym),
  );

const waiting = (pipeline: Pipeline) =>
  pipeline.objects.keys('exchange').filter((key) => key.startsWith('demographics/'));

describe('a demographics table', () => {
  it('that comes before the images waits for them', async () => {
    const { pipeline, id } = await sent();
    expect(await pipeline.handInTable(id, table())).toMatchObject({
      rows: 3,
      ethnicityKnown: 3,
      imdKnown: 0,
    });
    expect(await pipeline.applyDemographics(id, 'event')).toEqual({ state: 'waiting' });
    expect(await pipeline.account.view(id)).toEqual({ state: 'waiting', rows: 3 });
    const receipt = await pipeline.run(id);
    expect(receipt.demographics).toEqual({ rows: 3, applied: 3, dropped: 0, reasons: {} });
    expect(new Set(clinicalRows(pipeline).map((row) => row.patientPseudonym))).toEqual(
      pseudonymsOfImages(pipeline),
    );
    expect(waiting(pipeline)).toEqual([]);
    // A patient's id in a trust stands in the catalogue under its pseudonym alone.
    for (const key of pipeline.objects.keys('catalogue'))
      expect(pipeline.text('catalogue', key)).not.toMatch(/patientId|subjectId/i);
  });

  it('that comes after the images is applied at once, and the receipt stays as it is', async () => {
    const { pipeline, id } = await sent();
    expect((await pipeline.run(id)).demographics).toBeUndefined();
    await pipeline.handInTable(id, table());
    expect(await pipeline.applyDemographics(id, 'event')).toEqual({ state: 'done' });
    expect(new Set(clinicalRows(pipeline).map((row) => row.patientPseudonym))).toEqual(
      pseudonymsOfImages(pipeline),
    );
    expect(await pipeline.account.view(id)).toEqual({
      state: 'applied',
      rows: 3,
      applied: 3,
      dropped: 0,
      reasons: {},
    });
    expect((await pipeline.readReceipt(id)).demographics).toBeUndefined();
    expect(waiting(pipeline)).toEqual([]);
  });

  it('that comes between the last two steps is applied, and the receipt deletes no row unread', async () => {
    const { pipeline, id } = await sent();
    await pipeline.run(id, { beforeReceipt: () => pipeline.handInTable(id, table()) });
    expect(waiting(pipeline)).toHaveLength(1);
    await pipeline.applyDemographics(id, 'event');
    expect(clinicalRows(pipeline)).toHaveLength(3);
    expect(waiting(pipeline)).toEqual([]);
  });

  it('leaves nothing of a patient who was not cleared, before and after', async () => {
    const { pipeline, id } = await sent();
    const optedOut = new Set(numbers.slice(0, 1));
    await pipeline.handInTable(id, table());
    const receipt = await pipeline.run(id, { optedOut });
    expect(receipt.demographics).toEqual({
      rows: 3,
      applied: 2,
      dropped: 1,
      reasons: { NO_IMPORTED_IMAGES: 1 },
    });
    await pipeline.handInTable(id, table('B'));
    await pipeline.applyDemographics(id, 'event');
    expect(clinicalRows(pipeline)).toHaveLength(2);
    for (const name of pipeline.objects.objects.keys())
      if (!name.startsWith('landing')) {
        const [bucket = '', ...key] = name.split('/');
        for (const number of optedOut) expect(pipeline.text(bucket, key.join('/'))).not.toContain(number);
      }
  });

  it('is told of in the ledger without counts', async () => {
    const { pipeline, id } = await sent();
    await pipeline.handInTable(id, table());
    await pipeline.run(id, { optedOut: new Set(numbers) });
    const items = await embedded.table.queryAll({ pk: `SUBMISSION#${id}`, skPrefix: 'DEMO' }, anything);
    expect(Object.keys(items[0] ?? {}).sort()).toEqual([
      'acceptedAt',
      'acceptedUpload',
      'appliedAt',
      'appliedUpload',
      'catalogued',
      'pk',
      'sk',
    ]);
  });

  it('is replaced by a later one', async () => {
    const { pipeline, id } = await sent();
    await pipeline.handInTable(id, table('A'));
    await pipeline.run(id);
    await pipeline.handInTable(id, table('B', numbers.slice(0, 2)));
    await pipeline.applyDemographics(id, 'event');
    expect(clinicalRows(pipeline).map((row) => row.ethnicCategory)).toEqual(['B', 'B']);
  });

  it('never replaces a later one that was applied while it was read', async () => {
    const { pipeline, id } = await sent();
    await pipeline.run(id);
    await pipeline.handInTable(id, table('A'));
    const { objects } = pipeline;
    const replace = objects.replace.bind(objects);
    objects.replace = async (place, body, entityTag) => {
      objects.replace = replace;
      await pipeline.handInTable(id, table('B'));
      await pipeline.applyDemographics(id, 'event');
      return replace(place, body, entityTag);
    };
    await pipeline.applyDemographics(id, 'event');
    expect(clinicalRows(pipeline).map((row) => row.ethnicCategory)).toEqual(['B', 'B', 'B']);
    expect(await pipeline.account.view(id)).toMatchObject({ state: 'applied', applied: 3 });
    expect(waiting(pipeline)).toEqual([]);
  });

  it('adds nothing of a patient who was withdrawn since the images came', async () => {
    // Marks are of patients, whom all tests share: a ledger of its own.
    const ledger = await startEmbeddedTable();
    const { pipeline, id } = await sent(ledger.table);
    await pipeline.run(id);
    const [patientPseudonym = ''] = [...pseudonymsOfImages(pipeline)].sort();
    const mark = { withdrawalId: 'w', withdrawnAt: '2026-11-23T12:00:00.000Z' };
    await pipeline.marks.mark([{ kind: 'patient', patientPseudonym }], mark);
    await pipeline.handInTable(id, table());
    await pipeline.applyDemographics(id, 'event');
    const pseudonyms = clinicalRows(pipeline).map((row) => row.patientPseudonym);
    expect(pseudonyms).toHaveLength(2);
    expect(pseudonyms).not.toContain(patientPseudonym);
    await ledger.stop();
  });

  it('is accounted for as expired where its rows were deleted before the images came', async () => {
    const { pipeline, id } = await sent();
    await pipeline.handInTable(id, table());
    for (const key of waiting(pipeline)) await pipeline.objects.delete({ bucket: 'exchange', key });
    expect((await pipeline.run(id)).demographics).toEqual({
      rows: 3,
      applied: 0,
      dropped: 3,
      reasons: { EXPIRED: 3 },
    });
  });

  it('is deleted with all its faults told, and nothing of it kept', async () => {
    const { pipeline, id } = await sent();
    await expect(pipeline.handInTable(id, table('white'))).rejects.toMatchObject({
      code: 'DEMOGRAPHICS_INVALID',
      extensions: {
        rows: 3,
        more: 0,
        errors: expect.arrayContaining([expect.objectContaining({ line: 2 })]),
      },
    });
    expect(waiting(pipeline)).toEqual([]);
    expect((await pipeline.run(id)).demographics).toBeUndefined();
  });

  it('ends the same whenever it comes, whatever is killed, and however often events come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('before', 'between', 'after'),
        fc.array(fc.nat({ max: 12 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (when, kills, events) => {
          const { pipeline, id } = await sent();
          const event = () =>
            Promise.all(
              Array.from({ length: events }, () =>
                pipeline.untilDone(() => pipeline.applyDemographics(id, 'event')),
              ),
            );
          const handIn = async () => {
            await pipeline.handInTable(id, table());
            let writes = 0;
            pipeline.objects.beforeWrite = (write) => {
              if (!/exchange\/demographics|clinical|work\/demographics/.test(write)) return;
              writes += 1;
              if (kills.includes(writes)) throw new Killed();
            };
          };
          if (when === 'before') {
            await handIn();
            await event();
          }
          await pipeline.run(id, when === 'between' ? { beforeReceipt: handIn } : {});
          if (when === 'after') await handIn();
          await event();
          pipeline.objects.beforeWrite = () => {};
          expect(clinicalRows(pipeline)).toHaveLength(3);
          expect(waiting(pipeline)).toEqual([]);
          expect(await pipeline.account.view(id)).toMatchObject({ state: 'applied', applied: 3 });
        },
      ),
      { numRuns: 15, seed: 11 },
    );
  }, 60_000);
});
