import fc from 'fast-check';
import { canonicalFilter } from '../../../../lambda/cohorts/filter-canonical.contract';
import { fieldNames, fieldOf } from '../../../../lambda/cohorts/filter-fields.contract';
import {
  type PatientAttribute,
  patientAttributes,
  patientGroupRow,
  patientGroupsSelect,
} from '../../../../lambda/lake/sql/patient-groups';
import { patientNumbers, patientSetRow, patientSetSelect } from '../../../../lambda/lake/sql/patient-set';
import type { ReleaseScope } from '../../../../lambda/lake/sql/released-rows';
import { studyListRow, studyListSelect } from '../../../../lambda/lake/sql/study-list';
import {
  withdrawnFromReleaseSelect,
  withdrawnNumberRow,
} from '../../../../lambda/lake/sql/withdrawn-studies';
import { takes } from '../../cohorts/evaluate-filter';
import { conditions, someNumbers, someValues } from '../../cohorts/random-filters';
import { type LakeDatabase, openLakeDatabase, type Row } from './lake-database';
import { trinoFaults } from './trino-grammar';

const collections = ['chest', 'breast-screening'];
const scope: ReleaseScope = { release: '2026.4', splits: ['development'], collections };

/** Values that a column of `released_series` may hold. */
function columnValues(column: string): fc.Arbitrary<string | number | boolean | null> {
  const name = fieldNames.find((each) => fieldOf(each).column === column);
  if (name === undefined) throw new Error(`no field ${column}`);
  const field = fieldOf(name);
  if (field.kind === 'number') return fc.constantFrom(...someNumbers(name), null);
  if (name === 'contrast') return fc.constantFrom(true, false, null);
  const values = someValues(name as Parameters<typeof someValues>[0]);
  const spelt =
    name === 'manufacturer' || name === 'model'
      ? [...values, ...values.map((each) => each.toLowerCase())]
      : values;
  return fc.constantFrom(...spelt, ...(name === 'collection' ? [] : [null]));
}

const columns = [...new Set(fieldNames.map((name) => fieldOf(name).column))];

/** Series of up to four patients with up to three studies each; some outside the scope, some withdrawn. */
const series = fc.record({
  ...Object.fromEntries(columns.map((column) => [column, columnValues(column)])),
  instances: fc.constantFrom(...someNumbers('instances')),
  patient_number: fc.constantFrom(1, 2, 47, 48),
  study: fc.integer({ min: 0, max: 2 }),
  release: fc.constantFrom('2026.4', '2026.4', '2026.4', '2026.3'),
  split: fc.constantFrom('development', 'development', 'development', 'held-out'),
}) as fc.Arbitrary<Record<string, string | number | boolean | null>>;

const rowsOf = (drawn: readonly Record<string, string | number | boolean | null>[]): Row[] =>
  drawn.map(({ study, ...row }, index) => {
    const number = Number(row.patient_number) * 10 + Number(study);
    return {
      ...row,
      bytes: index + 1,
      frames: 1,
      study_number: number,
      study_instance_uid: `1.2.${number}`,
      series_instance_uid: `1.2.${number}.${index}`,
      datastore_id: 'd',
      patient_pseudonym: `p${row.patient_number}`,
    };
  });

let lake: LakeDatabase;
beforeAll(async () => {
  lake = await openLakeDatabase();
});
afterAll(() => lake[Symbol.asyncDispose]());

const distinct = (values: readonly unknown[]): number[] =>
  [...new Set(values.map(Number))].sort((left, right) => left - right);

it('counts, patients and lists of studies are those of a plain reading of the filter', async () => {
  const data = fc.tuple(
    fc.array(series, { minLength: 1, maxLength: 12 }),
    fc.array(fc.constantFrom<number>(11, 471, 482), { maxLength: 2 }),
    fc.array(conditions, { minLength: 4, maxLength: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(data, async ([drawn, withdrawn, filters]) => {
      const rows = rowsOf(drawn);
      await lake.fill('released_series', rows);
      await lake.fill(
        'tombstones',
        withdrawn.map((number) => ({
          collection: 'chest',
          split: 'development',
          study_instance_uid: `1.2.${number}`,
        })),
      );
      const seen = rows.filter(
        (row) =>
          row.release === '2026.4' &&
          row.split === 'development' &&
          !(row.collection === 'chest' && withdrawn.includes(Number(row.study_number))),
      );
      for (const filter of filters) {
        const taken = seen.filter((row) => takes(filter, row));
        for (const form of [filter, canonicalFilter(filter)]) {
          const found = await lake.rows(patientSetSelect(scope, form), patientSetRow);
          expect(patientNumbers(found)).toEqual(distinct(taken.map((row) => row.patient_number)));
          expect(found.reduce((sum, each) => sum + each.studies, 0)).toBe(
            distinct(taken.map((row) => row.study_number)).length,
          );
        }
        const studies = new Set(taken.map((row) => row.study_number));
        const listed = (which: readonly Row[]) => which.map((row) => row.series_instance_uid).sort();
        const matching = await lake.rows(studyListSelect(scope, filter, 'matching'), studyListRow);
        expect(listed(matching)).toEqual(listed(taken));
        const all = await lake.rows(studyListSelect(scope, filter, 'all'), studyListRow);
        expect(listed(all)).toEqual(listed(seen.filter((row) => studies.has(row.study_number ?? null))));
      }
    }),
    { seed: 605, numRuns: 60 },
  );
});

it('each patient of a release is in one group of an attribute, also where studies were withdrawn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(series, { minLength: 1, maxLength: 12 }), async (drawn) => {
      const seen = rowsOf(drawn).filter((row) => row.release === '2026.4' && row.split === 'development');
      // a release gives each patient one value
      const ofPatient = new Map(seen.map((row) => [row.patient_number, row]));
      const known = (row: Row, attribute: PatientAttribute) =>
        ofPatient.get(row.patient_number ?? null)?.[attribute] ?? null;
      const rows = seen.map((row) => ({
        ...row,
        ...Object.fromEntries(patientAttributes.map((each) => [each, known(row, each)])),
      }));
      await lake.fill('released_series', rows);
      await lake.fill('tombstones', [
        { collection: 'chest', split: 'development', study_instance_uid: '1.2.11' },
      ]);
      const gone = rows.filter((row) => row.collection === 'chest' && row.study_number === 11);
      const withdrawn = await lake.rows(withdrawnFromReleaseSelect(scope), withdrawnNumberRow);
      expect(withdrawn.map((row) => row.study_number)).toEqual(distinct(gone.map((row) => row.study_number)));
      const inScope = rows.filter((row) => collections.includes(String(row.collection)));
      for (const attribute of patientAttributes) {
        const groups = await lake.rows(patientGroupsSelect(scope, attribute), patientGroupRow);
        const found = groups.flatMap((each) =>
          patientNumbers([each]).map((number) => [number, each.value] as const),
        );
        expect(found).toHaveLength(distinct(inScope.map((row) => row.patient_number)).length);
        expect(new Map(found)).toEqual(
          new Map(
            inScope.map((row) => {
              const value = row[attribute] ?? null;
              return [row.patient_number, value === null ? null : String(value)];
            }),
          ),
        );
      }
    }),
    { seed: 608, numRuns: 60 },
  );
});

it('texts are such as Trino takes', () => {
  fc.assert(
    fc.property(conditions, (filter) => {
      expect(trinoFaults(patientSetSelect(scope, filter))).toEqual([]);
    }),
    { seed: 606, numRuns: 60 },
  );
});

it('the grammar finds what Trino does not take', () => {
  expect(trinoFaults('SELECT bit_count(r.age) FROM r')).toEqual(['bit_count']);
  expect(trinoFaults('SELECT FROM WHERE')).not.toEqual([]);
});
