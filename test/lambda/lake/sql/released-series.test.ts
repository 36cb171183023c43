import * as z from 'zod';
import { releasedSeriesSelect } from '../../../../lambda/lake/sql/released-series';
import { type LakeDatabase, openLakeDatabase, type Row } from './lake-database';

const order = {
  release: '2026.4',
  collections: ['chest'],
  trusts: [
    { odsCode: 'RX1', region: 'E12000007' },
    { odsCode: 'RX2', region: null },
  ],
};
const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable());

const instance = (patient: string, study: string, series: string, sop: string, more: Row = {}): Row => ({
  submission: 's-1',
  trust: 'RX1',
  patient_pseudonym: patient,
  study_instance_uid: study,
  series_instance_uid: series,
  sop_instance_uid: sop,
  frames: 2,
  bytes: 10,
  datastore_id: 'd',
  modality: 'CT',
  collection: 'chest',
  split: 'development',
  ...more,
});

let lake: LakeDatabase;
beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());

async function release(
  instances: readonly Row[],
  demographics: readonly Row[],
  tombstones: readonly Row[] = [],
) {
  await lake.fill('instances', instances);
  await lake.fill(
    'demographics',
    demographics.map((row) => ({ collection: 'chest', split: 'development', ...row })),
  );
  await lake.fill('tombstones', tombstones);
  return lake.rows(releasedSeriesSelect(order), anyRow);
}

it('makes one row a series, with patients and studies numbered from 1, whatever the order of instances', async () => {
  const instances = [
    instance('b', '1.2', '1.2.1', '1'),
    instance('a', '1.3', '1.3.1', '2', { age_of_image: 41 }),
    instance('a', '1.1', '1.1.1', '3', { age_of_image: 40, contrast: true, kvp: 120 }),
    instance('a', '1.1', '1.1.1', '4', { trust: 'RX1', contrast: false, kvp: 100 }),
    instance('a', '1.1', '1.1.2', '5', { trust: 'RX2' }),
    instance('c', '1.9', '1.9.1', '6', { collection: 'other' }),
  ];
  const rows = await release(instances, []);
  expect(rows).toMatchObject([
    {
      patient_number: 1,
      study_number: 1,
      series_instance_uid: '1.1.1',
      instances: 2,
      frames: 4,
      bytes: 20,
      contrast: true,
      kvp: 100,
      trust_region: 'E12000007',
      age: 40,
      age_band: '40-49',
      sex: null,
      release: '2026.4',
      collection: 'chest',
      split: 'development',
    },
    { patient_number: 1, study_number: 1, series_instance_uid: '1.1.2', instances: 1, trust_region: null },
    { patient_number: 1, study_number: 2, series_instance_uid: '1.3.1', age: 40 },
    { patient_number: 2, study_number: 3, series_instance_uid: '1.2.1', age: null, age_band: null },
  ]);
  expect(await release([...instances].reverse(), [])).toEqual(rows);
});

it('takes of each attribute what the latest submission knows, and no code for not known', async () => {
  const rows = await release(
    [instance('a', '1.1', '1.1.1', '1', { age_of_image: 40 })],
    [
      {
        patient_pseudonym: 'a',
        submission: 's-1',
        age_at_scan: 89,
        age_band: '80-89',
        sex: '2',
        ethnic_category: 'C',
        imd_decile: 3,
        region: 'E12000001',
      },
      {
        patient_pseudonym: 'a',
        submission: 's-2',
        age_at_scan: 90,
        age_band: '90+',
        sex: '0',
        ethnic_category: 'Z',
        imd_decile: null,
        region: null,
      },
    ],
  );
  expect(rows).toMatchObject([
    { age: 90, age_band: '90+', sex: '2', ethnic_category: 'C', imd_decile: 3, region: 'E12000001' },
  ]);
});

it('lets no age of an image contradict the band of a table', async () => {
  const rows = await release(
    [
      instance('a', '1.1', '1.1.1', '1', { age_of_image: 40 }),
      instance('b', '1.2', '1.2.1', '2', { age_of_image: 95 }),
    ],
    [
      { patient_pseudonym: 'a', submission: 's-1', age_band: '50-59' },
      { patient_pseudonym: 'b', submission: 's-1', age_band: '90+' },
    ],
  );
  expect(rows).toMatchObject([
    { age: null, age_band: '50-59' },
    { age: 95, age_band: '90+' },
  ]);
});

it('leaves out withdrawn studies, and patients who have no other', async () => {
  const rows = await release(
    [instance('a', '1.1', '1.1.1', '1'), instance('b', '1.2', '1.2.1', '2')],
    [],
    [{ study_instance_uid: '1.1', collection: 'chest', split: 'development' }],
  );
  expect(rows).toMatchObject([{ patient_number: 1, study_number: 1, study_instance_uid: '1.2' }]);
});

it('has no study that was ever withdrawn, also where it was sent again afterwards', async () => {
  const rows = await release(
    [
      instance('a', '1.2', '1.2.1', '1', { submission: 's-1' }),
      instance('a', '1.2', '1.2.1', '2', { submission: 's-3', trust: 'RX2' }),
      instance('a', '1.3', '1.3.1', '3'),
    ],
    [],
    [{ withdrawal: 'w-2', collection: 'chest', split: 'development', study_instance_uid: '1.2' }],
  );
  expect(rows.map((row) => row.study_instance_uid)).toEqual(['1.3']);
});
