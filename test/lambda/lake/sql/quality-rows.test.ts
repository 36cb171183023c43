import {
  attributeCountRow,
  attributeCountsSelect,
  qualityChecksRow,
  qualityChecksSelect,
  submissionSizeRow,
  submissionSizesSelect,
  weekCountsRow,
  weekCountsSelect,
} from '../../../../lambda/lake/sql/quality-rows';
import { type LakeDatabase, openLakeDatabase, type Row } from './lake-database';

let lake: LakeDatabase;
let images = 0;

const image = (change: Row = {}): Row => {
  images += 1;
  return {
    collection: 'chest',
    split: 'development',
    trust: 'RX1',
    submission: 's-1',
    patient_pseudonym: 'p1',
    study_instance_uid: '1.2.1',
    sop_instance_uid: `1.2.1.1.${images}`,
    frames: 1,
    bytes: 1_000,
    pixel_digest: `d${images}`,
    study_date: '2026-01-01',
    modality: 'CT',
    ...change,
  };
};

const row = (change: Row = {}): Row => ({
  collection: 'chest',
  split: 'development',
  trust: 'RX1',
  submission: 's-1',
  patient_pseudonym: 'p1',
  ...change,
});

beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const table of ['instances', 'demographics', 'tombstones'] as const) await lake.fill(table, []);
});

async function countsOf(attribute: string): Promise<(string | number | null)[][]> {
  const rows = await lake.rows(attributeCountsSelect(), attributeCountRow);
  return rows
    .filter((each) => each.attribute === attribute)
    .map(({ trust, code, counted }) => [trust, code, counted])
    .sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
}

it('counts images by the value of an attribute, by trust, empty as missing, both splits together', async () => {
  await lake.fill('instances', [
    image({ body_part: 'CHEST' }),
    image({ body_part: 'CHEST', split: 'held-out' }),
    image({ body_part: '' }),
    image({ body_part: null }),
    image({ body_part: 'CHEST', trust: 'RY2' }),
  ]);
  expect(await countsOf('body_part')).toEqual([
    ['RX1', 'CHEST', 2],
    ['RX1', null, 2],
    ['RY2', 'CHEST', 1],
  ]);
});

it('asks for attributes of an acquisition only of the kinds of image that have it', async () => {
  await lake.fill('instances', [
    image({ kvp: 120 }),
    image({ kvp: null }),
    image({ modality: 'MR', field_strength: 1.5 }),
  ]);
  expect(await countsOf('kvp')).toEqual([
    ['RX1', 'known', 1],
    ['RX1', null, 1],
  ]);
  expect(await countsOf('field_strength')).toEqual([['RX1', 'known', 1]]);
});

it('counts each patient once, by the latest table that knows', async () => {
  await lake.fill('instances', [
    image(),
    image(),
    image({ patient_pseudonym: 'p2' }),
    image({ patient_pseudonym: 'p3', study_instance_uid: '1.2.3' }),
  ]);
  await lake.fill('tombstones', [{ collection: 'chest', split: 'development', study_instance_uid: '1.2.3' }]);
  await lake.fill('demographics', [
    row({ submission: 's-1', sex: '1', ethnic_category: 'A' }),
    row({ submission: 's-2', sex: '2', ethnic_category: null }),
    row({ patient_pseudonym: 'p9', sex: '1' }),
  ]);
  expect(await countsOf('sex')).toEqual([
    ['RX1', '2', 1],
    ['RX1', null, 1],
  ]);
  expect(await countsOf('ethnic_category')).toEqual([
    ['RX1', 'A', 1],
    ['RX1', null, 1],
  ]);
  expect(await countsOf('demographics')).toEqual([
    ['RX1', 'known', 1],
    ['RX1', null, 1],
  ]);
});

it('checks dates, ages, sexes, pixels and digests', async () => {
  const native = {
    transfer_syntax_uid: '1.2.840.10008.1.2.1',
    rows_of_image: 100,
    columns_of_image: 80,
  };
  await lake.fill('instances', [
    image({ study_date: '2026-11-29', age_of_image: 50, sex_of_image: 'M' }),
    image({ study_date: '2026-11-30', age_of_image: 51, sex_of_image: 'F' }),
    image({ study_date: null, age_of_image: 52, sex_of_image: 'O' }),
    image({ age_of_image: 48, submission: 's-2' }),
    image({ ...native, bytes: 1_000 }),
    image({ ...native, bytes: 1_000, frames: 2, pixel_digest: 'same' }),
    image({ ...native, transfer_syntax_uid: '1.2.840.10008.1.2.4.90', bytes: 10, pixel_digest: 'same' }),
    image({ pixel_digest: null, patient_pseudonym: 'p2' }),
  ]);
  await lake.fill('demographics', [row({ age_at_scan: 50, sex: '1' })]);
  expect(await lake.rows(qualityChecksSelect('2026-11-30', 1), qualityChecksRow)).toEqual([
    {
      trust: 'RX1',
      collection: 'chest',
      images: 8,
      patients: 2,
      dated: 7,
      future_dates: 1,
      ages_compared: 3,
      ages_differ: 1,
      sexes_compared: 2,
      sexes_differ: 1,
      native_images: 2,
      pixels_too_few: 1,
      digests: 7,
      same_pixels: 1,
    },
  ]);
});

it('counts what is held of submissions, a study in two of them once', async () => {
  await lake.fill('instances', [
    image(),
    image({ submission: 's-2' }),
    image({ submission: 's-3', bytes: 5 }),
  ]);
  const sizes = await lake.rows(submissionSizesSelect(), submissionSizeRow);
  expect(sizes.map(({ submission, images: held, bytes }) => [submission, held, bytes]).sort()).toEqual([
    ['s-1', 1, 1_000],
    ['s-2', 1, 1_000],
    ['s-3', 1, 5],
  ]);
  expect(await lake.rows(weekCountsSelect(['s-1', 's-2']), weekCountsRow)).toEqual([
    { trust: 'RX1', collection: 'chest', studies: 1, images: 2, bytes: 2_000 },
  ]);
});
