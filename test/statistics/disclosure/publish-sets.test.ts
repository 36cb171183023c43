import fc from 'fast-check';
import { everybodyInACrowd } from '../../../statistics/disclosure/crowds';
import { placesAfter } from '../../../statistics/disclosure/may-answer';
import { PatientSet } from '../../../statistics/disclosure/patient-set';
import { setsToPublish } from '../../../statistics/disclosure/publish-sets';

const release = 60;
const numbers = (from: number, to: number) =>
  PatientSet.of(
    release,
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  );
/** Of 55 to 64 people 24 at most are in each of two groups, so that seven are known to be in the third. */
const edges = [numbers(1, 24), numbers(25, 48), numbers(49, 55)];

it('a table is shown as a whole or not at all', () => {
  const { shown, told } = setsToPublish(release, [
    { as: 'table', sets: [numbers(1, 55)] },
    { as: 'table', sets: edges },
    { as: 'table', sets: [numbers(1, 30), numbers(31, 60)] },
  ]);
  expect(shown).toEqual([[true], [false, false, false], [true, true]]);
  expect(told).toHaveLength(3);
});

it('of a list of values those are left out that give something away', () => {
  const { shown, told } = setsToPublish(release, [
    { as: 'values', sets: [numbers(1, 55), ...edges] },
    { as: 'table', sets: [] },
  ]);
  expect(shown[0]?.filter((each) => each)).toHaveLength(3);
  expect(shown[1]).toEqual([]);
  expect(told).toHaveLength(3);
});

it('whatever is shown leaves everybody in a crowd', () => {
  const table = fc.record({
    as: fc.constantFrom('table' as const, 'values' as const),
    sets: fc.array(
      fc.array(fc.integer({ min: 1, max: release })).map((of) => PatientSet.of(release, of)),
      { maxLength: 6 },
    ),
  });
  let withheld = 0;
  fc.assert(
    fc.property(fc.array(table, { maxLength: 5 }), (tables) => {
      const { shown, told } = setsToPublish(release, tables);
      withheld += shown.flat().filter((each) => !each).length;
      expect(shown.map(({ length }) => length)).toEqual(tables.map(({ sets }) => sets.length));
      expect(told).toEqual(tables.flatMap(({ sets }, at) => sets.filter((_, set) => shown[at]?.[set])));
      expect(everybodyInACrowd(placesAfter(release, [{ kind: 'published', sets: told }]))).toBe(true);
    }),
    { seed: 48, numRuns: 300 },
  );
  expect(withheld).toBeGreaterThan(50);
});
