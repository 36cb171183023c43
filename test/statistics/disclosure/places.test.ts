import fc from 'fast-check';
import { answeredCounts, publishedCounts } from '../../../statistics/disclosure/count-rule';
import { everybodyInACrowd } from '../../../statistics/disclosure/crowds';
import { countGroups, type Facet } from '../../../statistics/disclosure/facet';
import { type LogEntry, placesAfter } from '../../../statistics/disclosure/may-answer';
import { PatientSet } from '../../../statistics/disclosure/patient-set';
import { protectCount } from '../../../statistics/disclosure/protect-count';

const release = 24;
const everyone = Array.from({ length: release }, (_, at) => at + 1);

const facet = (groupOf: readonly number[]): Facet => ({
  name: 'group',
  groups: ['a', 'b', 'c'],
  groupOf: Uint16Array.from(groupOf),
});

const people = fc.uniqueArray(fc.constantFrom(...everyone)).map((numbers) => PatientSet.of(release, numbers));
const halves = fc
  .tuple(fc.integer({ min: 1, max: release }), fc.integer({ min: 0, max: release }))
  .map(([step, from]) =>
    PatientSet.of(
      release,
      everyone.filter((number) => (number * step + from) % release < 12),
    ),
  );

const entries: fc.Arbitrary<LogEntry> = fc
  .record({
    kind: fc.constantFrom('published', 'answered', 'answered', 'refused', 'cohort'),
    published: fc.array(fc.oneof(people, halves), { maxLength: 3 }),
    patients: fc.oneof(people, halves),
    groups: fc.option(fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: release, maxLength: release }), {
      nil: null,
    }),
  })
  .map(({ kind, published, patients, groups }): LogEntry => {
    if (kind === 'published') return { kind, sets: published };
    if (kind === 'cohort') return { kind, patients };
    if (kind === 'refused') return { kind, filter: 'f', apart: patients.size < 8 ? patients : null };
    const facets = groups === null ? [] : [facet(groups)];
    const question = { filter: 'f', patients, facets };
    return { kind: 'answered', question, answer: { people: protectCount(patients.size), facets: {} } };
  });

/** Sets that were told of, each with the least and the most that it may have. */
function toldSets(log: readonly LogEntry[]) {
  const told = (patients: PatientSet, size = patients.size, rule = answeredCounts) => ({
    patients,
    size,
    ...rule.windowOf(rule.show(size)),
  });
  return [
    told(PatientSet.everybody(release)),
    ...log.flatMap((entry) => {
      if (entry.kind === 'cohort') return [];
      if (entry.kind === 'published') return entry.sets.map((each) => told(each, each.size, publishedCounts));
      if (entry.kind === 'refused') return entry.apart === null ? [] : [told(entry.apart)];
      const { patients, facets } = entry.question;
      const groups = patients.size < 8 ? [] : facets;
      return [
        told(patients),
        ...groups.flatMap((each) =>
          countGroups(patients, each).map((size, group) => {
            const isIn = (number: number) => patients.has(number) && each.groupOf[number - 1] === group;
            return told(PatientSet.of(release, everyone.filter(isIn)), size);
          }),
        ),
      ];
    }),
  ];
}

/** By the definition, patient by patient. */
function isCrowded(log: readonly LogEntry[]): boolean {
  const told = toldSets(log);
  const cohorts = log.flatMap((entry) => (entry.kind === 'cohort' ? [entry.patients] : []));
  const mayTake = (one: number, other: number): boolean =>
    told.every(({ patients, size, least, most }) => {
      if (patients.has(one) === patients.has(other)) return true;
      return patients.has(one) ? size - 1 >= least : size + 1 <= most;
    }) && cohorts.every((cohort) => cohort.has(one) || !cohort.has(other));
  // who is in a cohort that the other is not in is known not to be the other
  const mayGive = (one: number, other: number): boolean =>
    told.every(({ patients, size, least, most }) => {
      if (patients.has(one) === patients.has(other)) return true;
      return patients.has(other) ? size - 1 >= least : size + 1 <= most;
    }) && cohorts.every((cohort) => cohort.has(one) || !cohort.has(other));
  return everyone.every(
    (one) =>
      everyone.filter((other) => mayTake(one, other)).length >= 8 ||
      everyone.filter((other) => mayGive(one, other)).length >= 8,
  );
}

it('finds crowds as they are defined, however a log has grown', () => {
  const outcomes = new Set<boolean>();
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 5 }), (log) => {
      for (let length = 0; length <= log.length; length += 1) {
        const told = log.slice(0, length);
        const crowded = isCrowded(told);
        outcomes.add(crowded);
        expect(everybodyInACrowd(placesAfter(release, told))).toBe(crowded);
      }
      // the same entries in another order are another log
      const turned = [...log.slice(0, 1), ...log.slice(1).reverse()];
      expect(everybodyInACrowd(placesAfter(release, turned))).toBe(isCrowded(turned));
      expect(everybodyInACrowd(placesAfter(release, log.slice(0, 2)))).toBe(isCrowded(log.slice(0, 2)));
    }),
    { seed: 47, numRuns: 2000 },
  );
  expect(outcomes).toEqual(new Set([true, false]));
});
