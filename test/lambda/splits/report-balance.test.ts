import { reportBalance } from '../../../lambda/splits/report-balance';
import { type LakeDatabase, openLakeDatabase } from '../lake/sql/lake-database';
import { heldOutSeries } from './splits-fixture';

let lake: LakeDatabase;
beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());

it('counts people of a release by split and stratum, each once, without withdrawn studies', async () => {
  await lake.fill('released_series', [
    ...Array.from({ length: 40 }, (_, patient) =>
      heldOutSeries(patient, 1, { split: patient % 4 === 0 ? 'held-out' : 'development' }),
    ),
    heldOutSeries(1, 2, { split: 'development', modality: 'CT' }),
    heldOutSeries(2, 2, { split: 'development' }),
    heldOutSeries(50, 1, { release: '2026.3' }),
    heldOutSeries(51, 1, { region: null }),
  ]);
  await lake.fill('tombstones', [{ collection: 'chest', split: 'held-out', study_instance_uid: '1.2.0.1' }]);
  const { balance, counts } = await reportBalance(lake, '2026.4', 0.2);
  expect(counts).toMatchObject({ development: 30, heldOut: 10 });
  const of = (attribute: string) =>
    counts.strata
      .filter((stratum) => stratum.attribute === attribute)
      .map(({ group, development, heldOut }) => [group, development, heldOut]);
  expect(of('modality')).toEqual([
    ['CR', 30, 10],
    ['CT', 1, 0],
  ]);
  expect(of('region')).toEqual([
    ['E12000007', 30, 9],
    [null, 0, 1],
  ]);
  expect(of('sex')).toEqual([
    ['1', 10, 9],
    ['2', 20, 1],
  ]);
  expect(balance.whole).toMatchObject({ people: 40, heldOut: 10, share: 0.25, verdict: 'inside' });
});
