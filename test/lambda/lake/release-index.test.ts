import fc from 'fast-check';
import * as z from 'zod';
import { fieldNames, fieldOf } from '../../../lambda/cohorts/filter-fields.contract';
import {
  buildReleaseIndex,
  countsOf,
  facetOf,
  type IndexColumn,
  indexColumns,
  matchingRows,
  patientsOf,
} from '../../../lambda/lake/release-index';
import { countRow, countSelect } from '../../../lambda/lake/sql/count-rows';
import { facetColumns, facetRow, facetSelect } from '../../../lambda/lake/sql/facets';
import {
  missingFactsRow,
  missingFactsSelect,
  missingPeopleRow,
  missingPeopleSelect,
  peopleAttributes,
  peopleRow,
  peopleSelect,
} from '../../../lambda/lake/sql/people';
import {
  indexRowsSelect,
  withdrawnStudiesSelect,
  withdrawnStudyRow,
} from '../../../lambda/lake/sql/release-rows';
import type { ReleaseScope } from '../../../lambda/lake/sql/released-rows';
import { conditions, someNumbers, someValues } from '../cohorts/random-filters';
import { type LakeDatabase, openLakeDatabase, type Row } from './sql/lake-database';

const scope: ReleaseScope = { release: '2026.4', splits: ['development'], collections: 'all' };
const everything = { kind: 'everything' } as const;

function valuesOf(column: string): readonly Row[string][] {
  const name = fieldNames.find((each) => fieldOf(each).column === column);
  if (name === undefined) return [null];
  const numbers = someNumbers(name);
  if (numbers.length > 0) return name === 'instances' ? numbers : [...numbers, null];
  if (name === 'contrast') return [true, false, null];
  const values = someValues(name as Parameters<typeof someValues>[0]);
  return name === 'collection' ? values : [...values, null];
}

const drawnSeries = fc.record({
  ...Object.fromEntries(indexColumns.map((column) => [column, fc.constantFrom(...valuesOf(column))])),
  trust: fc.constantFrom('RX1', 'RX2'),
  patient: fc.integer({ min: 1, max: 4 }),
  study: fc.integer({ min: 0, max: 2 }),
}) as fc.Arbitrary<Record<string, Row[string]>>;

/** Series of a release: what is the patient's is the same in all rows of one. */
function releaseOf(drawn: readonly Record<string, Row[string]>[]): Row[] {
  const people = new Map<Row[string], Record<string, Row[string]>>();
  return drawn.map(({ patient = null, study = null, ...row }, index) => {
    const ofPatient =
      people.get(patient) ??
      Object.fromEntries([...peopleAttributes, 'age'].map((name) => [name, row[name] ?? null]));
    people.set(patient, ofPatient);
    const number = Number(patient) * 10 + Number(study);
    return {
      ...row,
      ...ofPatient,
      patient_number: patient,
      study_number: number,
      study_instance_uid: `1.2.${number}`,
      series_instance_uid: `1.2.${number}.${index}`,
      bytes: 1,
      release: '2026.4',
      split: 'development',
    };
  });
}

let lake: LakeDatabase;
beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());

const anyRow = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable());

async function indexOf() {
  const rows = await lake.rows(indexRowsSelect(scope), anyRow);
  const numbers = (name: string) => Int32Array.from(rows, (row) => Number(row[name]));
  const columns = new Map<IndexColumn, Row[string][]>(
    indexColumns.map((name) => [name, rows.map((row) => row[name] ?? null)]),
  );
  return buildReleaseIndex(numbers('patient_number'), numbers('study_number'), columns);
}

const sorted = (rows: readonly { value: unknown }[]) =>
  [...rows].sort((left, right) => (String(left.value) < String(right.value) ? -1 : 1));
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);

it('answers what the SQL answers, and people add up to the counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawnSeries, { minLength: 1, maxLength: 15 }),
      fc.array(fc.constantFrom<number>(10, 21, 32), { maxLength: 2 }),
      fc.array(conditions, { minLength: 2, maxLength: 2 }),
      async (drawn, gone, filters) => {
        const release = releaseOf(drawn);
        await lake.fill('released_series', release);
        await lake.fill(
          'tombstones',
          gone.map((number) => ({ collection: 'chest', study_instance_uid: `1.2.${number}` })),
        );
        // a tombstone is of a collection, and a study of one alone
        await lake.run(`UPDATE released_series SET collection = 'chest' WHERE study_number IN (10, 21, 32)`);
        const index = await indexOf();
        const withdrawn = new Set(
          (await lake.rows(withdrawnStudiesSelect(scope), withdrawnStudyRow)).map((row) => row.study_number),
        );
        for (const filter of [everything, ...filters]) {
          const rows = matchingRows(index, filter, withdrawn);
          const [count] = await lake.rows(countSelect(scope, filter), countRow);
          const { patients, studies, series } = countsOf(index, rows);
          expect(count).toMatchObject({ patients, studies, series });
          expect(patientsOf(index, rows)).toHaveLength(patients);
          for (const facet of facetColumns)
            expect(sorted(facetOf(index, rows, facet))).toEqual(
              sorted(await lake.rows(facetSelect(scope, filter, facet), facetRow)),
            );
          const people = await lake.rows(peopleSelect(scope, filter, peopleAttributes), peopleRow);
          expect(sumOf(people.map((row) => row.people))).toBe(patients);
          expect(sumOf(people.map((row) => row.studies))).toBe(studies);
          expect(sumOf(people.map((row) => row.images))).toBe(count?.instances);
        }
      },
    ),
    { seed: 607, numRuns: 25 },
  );
});

it('refuses rows that are out of order', () => {
  const numbers = Int32Array.from([2, 1]);
  expect(() => buildReleaseIndex(numbers, numbers, new Map())).toThrow('out of order');
});

it('says by trust and by modality what is missing', async () => {
  const known = { age_band: '0-9', sex: '1', region: 'E12000001', imd_decile: 1 };
  const row = { release: '2026.4', split: 'development', collection: 'chest', instances: 1, modality: 'CR' };
  await lake.fill('tombstones', []);
  await lake.fill('released_series', [
    { ...row, ...known, ethnic_category: 'A', trust: 'RX1', patient_number: 1, study_number: 1, kvp: 70 },
    { ...row, ...known, ethnic_category: 'A', trust: 'RX1', patient_number: 1, study_number: 2 },
    { ...row, ...known, sex: null, trust: 'RX2', patient_number: 2, study_number: 3 },
  ]);
  const none = { age_band: 0, sex: 0, ethnic_category: 0, imd_decile: 0, region: 0 };
  expect(await lake.rows(missingPeopleSelect(scope, everything), missingPeopleRow)).toEqual([
    { ...none, trust: 'RX1', people: 1 },
    { ...none, trust: 'RX2', people: 1, sex: 1, ethnic_category: 1 },
  ]);
  expect(await lake.rows(missingFactsSelect(scope, everything), missingFactsRow)).toMatchObject([
    { modality: 'CR', series: 3, kvp: 2, body_part: 3 },
  ]);
});
