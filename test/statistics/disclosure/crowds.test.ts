import fc from 'fast-check';
import { everybodyInACrowd } from '../../../statistics/disclosure/crowds';
import { countGroups } from '../../../statistics/disclosure/facet';
import { PatientSet } from '../../../statistics/disclosure/patient-set';
import { Places, type ToldCells } from '../../../statistics/disclosure/places';

const release = 40;

interface Told {
  readonly cells: readonly ToldCells[];
  readonly cohorts: readonly PatientSet[];
}

/** Everybody's cells, one patient after another with every other: as the definition says. */
function everybodyByDefinition({ cells, cohorts }: Told): boolean {
  const groupOf = (each: ToldCells, number: number): number =>
    !each.patients.has(number) ? -1 : each.facet === null ? 0 : (each.facet.groupOf[number - 1] ?? 0);
  const mayTake = (p: number, q: number): boolean =>
    cells.every((each) => {
      const [from, to] = [groupOf(each, p), groupOf(each, q)];
      if (from === to) return true;
      const leaves = from < 0 || (each.counts[from] ?? 0) > (each.windows[from]?.least ?? 0);
      const enters = to < 0 || (each.counts[to] ?? 0) < (each.windows[to]?.most ?? 0);
      return leaves && enters;
    });
  /** Nobody is put where members of a cohort know everybody. */
  const hidden = (p: number, q: number): boolean =>
    cohorts.every((cohort) => !cohort.has(q) || cohort.has(p));
  const numbers = Array.from({ length: release }, (_, at) => at + 1);
  return numbers.every((p) => {
    const takes = numbers.filter((q) => q !== p && mayTake(p, q) && hidden(p, q));
    const gives = numbers.filter((q) => q !== p && mayTake(q, p) && hidden(p, q));
    return takes.length >= 7 || gives.length >= 7;
  });
}

const set = fc
  .array(fc.integer({ min: 1, max: release }), { maxLength: 60 })
  .map((numbers) => PatientSet.of(release, numbers));

/** Windows that are wide, or have the count at an edge. */
const cells: fc.Arbitrary<ToldCells> = fc
  .record({
    patients: set,
    groupOf: fc.option(
      fc
        .array(fc.integer({ min: 0, max: 2 }), { minLength: release, maxLength: release })
        .map((groups) => Uint16Array.from(groups)),
    ),
    edges: fc.array(
      fc.record({ below: fc.integer({ min: 0, max: 3 }), above: fc.integer({ min: 0, max: 3 }) }),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
  })
  .map(({ patients, groupOf, edges }) => {
    const facet = groupOf === null ? null : { name: 'f', groups: ['0', '1', '2'], groupOf };
    const counts =
      facet === null ? [patients.size] : [0, 1, 2].map((group) => countGroups(patients, facet)[group] ?? 0);
    const windows = counts.map((count, at) => ({
      least: Math.max(0, count - (edges[at]?.below ?? 0)),
      most: count + (edges[at]?.above ?? 0),
    }));
    return { patients, facet, counts, windows };
  });

it('is decided as the definition says, all at once or one answer after another', () => {
  const seen = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.array(cells, { maxLength: 7 }), fc.array(set, { maxLength: 2 }), (told, cohorts) => {
      const expected = everybodyByDefinition({ cells: told, cohorts });
      seen[expected ? 'yes' : 'no'] += 1;
      const start = Places.untold(release);
      expect(
        everybodyInACrowd(cohorts.reduce((places, cohort) => places.withCohort(cohort), start.with(...told))),
      ).toBe(expected);
      const stepwise = told.reduce(
        (places, each) => places.with(each),
        cohorts.reduce((places, cohort) => places.withCohort(cohort), start),
      );
      expect(everybodyInACrowd(stepwise)).toBe(expected);
      expect([...start.people]).toEqual([release]);
    }),
    { seed: 50, numRuns: 2000 },
  );
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(300);
});

it('is decided alike over hundreds of answers, of more columns than a word has', () => {
  const numbers = Array.from({ length: release }, (_, at) => at + 1);
  const wide = Array.from({ length: 80 }, (_, at): ToldCells => {
    const patients = PatientSet.of(
      release,
      numbers.filter((number) => number > at % 20),
    );
    return {
      patients,
      facet: null,
      counts: [patients.size],
      windows: [{ least: patients.size, most: release }],
    };
  });
  for (const length of [5, 31, 32, 33, 64, 65, 80]) {
    const told = wide.slice(0, length);
    expect(everybodyInACrowd(Places.untold(release).with(...told))).toBe(
      everybodyByDefinition({ cells: told, cohorts: [] }),
    );
  }
});
