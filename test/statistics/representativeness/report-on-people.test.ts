import fc from 'fast-check';
import { attributes } from '../../../statistics/references/attributes';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { categoriesOfGroup } from '../../../statistics/references/ethnic-groups';
import type { PeopleCounts } from '../../../statistics/representativeness/counts.contract';
import { foldCells } from '../../../statistics/representativeness/fold-ethnic-groups';
import {
  internalReport,
  representativenessReport,
} from '../../../statistics/representativeness/report.contract';
import {
  internalReportOnPeople,
  reportOnPeople,
} from '../../../statistics/representativeness/report-on-people';
import { comparedGroup, goldenCounts, made, peopleOf, populationOf } from './population';

const england = englandCensus2021();
const categories = Object.keys(attributes.ethnic_category.groups);

const attributeOf = (report: ReturnType<typeof reportOnPeople>, name: string) => {
  const found = report.attributes.find(({ attribute }) => attribute === name);
  if (found === undefined) throw new Error(`the report has no ${name}`);
  return found;
};

/** Counts of every kind that a file may hold, with small numbers among them. */
const anyCounts: fc.Arbitrary<PeopleCounts> = fc
  .record({
    categories: fc.array(fc.oneof(fc.nat(9), fc.nat(3000)), { minLength: 19, maxLength: 19 }),
    images: fc.array(fc.nat(9000), { minLength: 19, maxLength: 19 }),
    sexes: fc.array(fc.oneof(fc.nat(9), fc.nat(3000)), { minLength: 4, maxLength: 4 }),
    strata: fc.array(fc.oneof(fc.nat(9), fc.nat(300)), { minLength: 20, maxLength: 20 }),
  })
  .map((numbers) => ({
    name: 'a release',
    attributes: {
      ethnic_category: Object.fromEntries(
        [...categories, 'Z', '99', ''].map((code, index) => [
          code,
          {
            people: { shown: numbers.categories[index] ?? 0 },
            images: { shown: numbers.images[index] ?? 0 },
          },
        ]),
      ),
      sex: Object.fromEntries(
        ['1', '2', '9', '0'].map((code, index) => [
          code,
          { people: { shown: numbers.sexes[index] ?? 0 }, images: null },
        ]),
      ),
    },
    ethnicityByAgeAndSex: {
      attribute: 'ethnic_group',
      peopleByGroup: { Asian: { shown: numbers.sexes[0] ?? 0 }, White: { shown: numbers.sexes[1] ?? 0 } },
      peopleByAgeAndSex: Object.keys(attributes.age_band.groups).flatMap((ageBand, band) =>
        ['1', '2'].map((sex, index) => ({
          ageBand,
          sex,
          people: { shown: numbers.strata[2 * band + index] ?? 0 },
        })),
      ),
    },
    trusts: { RX1: { people: { shown: 900 }, missing: { sex: { shown: numbers.sexes[3] ?? 0 } } } },
  }));

const withTable = populationOf(england.attributes, {
  ethnicityByAgeAndSex: {
    attribute: 'ethnic_group',
    people: Object.keys(attributes.age_band.groups).flatMap((ageBand) =>
      ['1', '2'].flatMap((sex) => [
        { ageBand, sex, group: 'Asian', people: 100 },
        { ageBand, sex, group: 'White', people: 700 },
      ]),
    ),
  },
});

/** The same counts with each of less than 8 people, at any depth, replaced by another of less than 8. */
function withOtherSmallCounts(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((each) => withOtherSmallCounts(each, next));
  if (typeof value !== 'object' || value === null) return value;
  if ('shown' in value && typeof value.shown === 'number')
    return { shown: value.shown < 8 ? next() % 8 : value.shown };
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withOtherSmallCounts(each, next)]),
  );
}

it('suppression precedes every figure: other numbers behind suppressed counts change nothing shown', () => {
  fc.assert(
    fc.property(anyCounts, fc.array(fc.nat(7), { minLength: 80, maxLength: 80 }), (counts, small) => {
      let at = 0;
      const other = withOtherSmallCounts(counts, () => small[at++ % small.length] ?? 0) as PeopleCounts;
      const report = internalReportOnPeople(counts, [england, withTable], 'disclosure-rule');
      expect(internalReportOnPeople(other, [england, withTable], 'disclosure-rule')).toEqual(report);
      expect(JSON.stringify(report)).not.toMatch(/"shown":[1-7]\b/);
    }),
    { seed: 48, numRuns: 300 },
  );
});

it('no group is dropped, whatever is suppressed, and the contract of reports holds', () => {
  fc.assert(
    fc.property(anyCounts, fc.constantFrom('as-given', 'disclosure-rule'), (counts, taken) => {
      const report = internalReportOnPeople(counts, [england, withTable], taken);
      expect(internalReport.safeParse(report).error).toBeUndefined();
      const shown = attributeOf(report, 'ethnic_category');
      expect(shown.groups.map(({ group }) => group)).toEqual(categories);
      expect(shown.missing.rows.map(({ group }) => group)).toEqual(['Z', '99', '']);
      for (const comparison of shown.comparisons)
        if (comparison.kind === 'compared')
          expect(comparison.groups.map(({ group }) => group)).toEqual(categories);
    }),
    { seed: 49, numRuns: 200 },
  );
});

it('a report for researchers has no trust, and its contract allows none', () => {
  const counts = peopleOf(
    { sex: { '1': 50, '2': 60 } },
    { trusts: { RX1: { people: { shown: 110 }, missing: { sex: { shown: 30 } } } } },
  );
  const internal = internalReportOnPeople(counts, [england], 'as-given');
  expect(internal.missingByTrust).toEqual([
    {
      trust: 'RX1',
      people: { shown: 110 },
      attributes: [{ attribute: 'sex', label: 'Sex', people: { shown: 30 }, share: 30 / 110, alarm: true }],
    },
  ]);
  expect(JSON.stringify(reportOnPeople(counts, [england], 'as-given'))).not.toContain('RX1');
  expect(representativenessReport.safeParse(internal).success).toBe(false);
});

describe('what is missing', () => {
  const report = (groups: Readonly<Record<string, number>>) =>
    attributeOf(reportOnPeople(peopleOf({ sex: groups }), [england], 'as-given'), 'sex').missing;

  it('has a row for each code, and an alarm above 20 %', () => {
    expect(report({ '1': 40, '2': 40, '0': 15, '': 5 })).toEqual({
      rows: [
        { group: '0', label: 'Not known', people: { shown: 15 } },
        { group: '', label: 'Not recorded', people: { shown: 5 } },
      ],
      share: 0.2,
      alarm: false,
    });
    expect(report({ '1': 40, '2': 39, '0': 21 }).alarm).toBe(true);
  });
});

describe('images', () => {
  const counts: PeopleCounts = {
    name: 'a release',
    attributes: {
      sex: {
        '1': { people: { shown: 50 }, images: { shown: 125 } },
        '2': { people: { shown: 3 }, images: { shown: 4000 } },
      },
    },
  };

  it('are counted a person', () => {
    const { groups } = attributeOf(reportOnPeople(counts, [england], 'as-given'), 'sex');
    expect(groups[0]?.imagesPerPerson).toBe(2.5);
  });

  it('of suppressed people are suppressed', () => {
    const { groups } = attributeOf(reportOnPeople(counts, [england], 'disclosure-rule'), 'sex');
    expect(groups[1]).toMatchObject({ images: { suppressed: true }, imagesPerPerson: null });
  });
});

describe('five ethnic groups of the categories', () => {
  const categoryCounts = Object.fromEntries(categories.map((code) => [code, 10]));

  it('are sums of them, with Chinese under Asian, and those not stated as they were', () => {
    const report = reportOnPeople(
      peopleOf({ ethnic_category: { ...categoryCounts, Z: 4 } }),
      [england],
      'as-given',
    );
    const { groups, missing } = attributeOf(report, 'ethnic_group');
    for (const { group, people } of groups)
      expect(people).toEqual({
        shown: 10 * categoriesOfGroup[group as keyof typeof categoriesOfGroup].length,
      });
    expect(missing.rows).toEqual([{ group: 'Z', label: 'Not stated', people: { shown: 4 } }]);
  });

  it('are taken as given where they are given', () => {
    const report = reportOnPeople(
      peopleOf({ ethnic_category: categoryCounts, ethnic_group: goldenCounts }),
      [england],
      'as-given',
    );
    expect(comparedGroup(attributeOf(report, 'ethnic_group').comparisons[0], 'Asian').people).toBe(710);
  });

  it('leave suppressed categories out of the sum, and are suppressed where nobody is seen', () => {
    const small = { suppressed: true, atMost: 7 } as const;
    expect(foldCells([{ shown: 20 }, small, { shown: 5 }])).toEqual({ shown: 25 });
    expect(foldCells([{ shown: 0 }, small, small])).toEqual({ suppressed: true, atMost: 14 });
    expect(foldCells([{ shown: 20 }, { suppressed: true }])).toEqual({ suppressed: true });
  });
});

it('several populations stand side by side, each under its own name', () => {
  const women = populationOf({ sex: { '1': 1, '2': 99 } }, { id: 'screening', label: 'Breast screening' });
  const report = reportOnPeople(peopleOf({ sex: { '1': 10, '2': 990 } }), [england, women], 'as-given');
  const { comparisons } = attributeOf(report, 'sex');
  expect(comparisons.map(({ reference }) => reference)).toEqual(['england-census-2021', 'screening']);
  expect(made(comparisons[0]).worstGroup?.group).toBe('1');
  expect(comparedGroup(comparisons[1], '1').ratio).toBe(1);
  expect(report.references.map(({ label }) => label)).toEqual(['England, Census 2021', 'Breast screening']);
});
