import { attributes } from '../../../statistics/references/attributes';
import type { Reference } from '../../../statistics/references/reference.contract';
import type { Cell } from '../../../statistics/representativeness/cell.contract';
import type { PeopleCounts } from '../../../statistics/representativeness/counts.contract';
import { gateOf } from '../../../statistics/representativeness/gate';
import { gateDecision } from '../../../statistics/representativeness/gate.contract';
import { reportOnPeople } from '../../../statistics/representativeness/report-on-people';
import { goldenCounts, goldenReference, peopleOf, populationOf } from './population';

const england = populationOf({ ethnic_group: goldenReference }, { id: 'england' });

const decide = (
  groups: Readonly<Record<string, number | Cell>>,
  lowestRatio: number,
  population: Reference = england,
  more: Partial<PeopleCounts> = {},
) => {
  const decision = gateOf(
    reportOnPeople(peopleOf({ ethnic_group: groups }, more), [population], 'as-given'),
    { lowestRatio },
  );
  expect(gateDecision.safeParse(decision).error).toBeUndefined();
  return decision;
};

const groupsOf = (decision: ReturnType<typeof decide>) =>
  decision.kind === 'passes'
    ? []
    : decision.findings.map((finding) =>
        'group' in finding ? `${finding.finding} ${finding.group}` : finding.finding,
      );

it('passes where every group reaches the bound', () => {
  expect(decide(goldenCounts, 0.64)).toEqual({ kind: 'passes' });
});

it('needs a reason for each group below the bound, with its ratio', () => {
  const decision = decide(goldenCounts, 0.72);
  expect(groupsOf(decision)).toEqual(['below-bound Black', 'below-bound Mixed']);
  expect(decision).toHaveProperty('findings.0.ratio', expect.closeTo(0.7115, 4));
});

it('needs a reason for a suppressed group, which is not shown to reach it', () => {
  const decision = decide({ ...goldenCounts, Mixed: { suppressed: true, atMost: 7 } }, 0.64);
  expect(groupsOf(decision)).toEqual(['suppressed Mixed']);
  expect(groupsOf(decide({ ...goldenCounts, Mixed: { suppressed: true } }, 0.64))).toEqual([
    'suppressed Mixed',
  ]);
});

it('does not judge groups below 0.4 % of the population', () => {
  const rare = populationOf({ ethnic_group: { ...goldenReference, Mixed: 180_000 } });
  expect(decide({ ...goldenCounts, Mixed: 0 }, 0.6, rare)).toEqual({ kind: 'passes' });
  expect(decide({ ...goldenCounts, Mixed: { suppressed: true, atMost: 7 } }, 0.6, rare).kind).toBe('passes');
});

it('needs a reason where nobody is seen', () => {
  const small = { suppressed: true, atMost: 7 } as const;
  const all = { Asian: small, Black: small, Mixed: small, White: small, Other: small };
  expect(groupsOf(decide(all, 0.5))).toEqual(['not-compared']);
});

it('a bound of 0 asks nothing', () => {
  expect(decide({ ...goldenCounts, Mixed: 0 }, 0)).toEqual({ kind: 'passes' });
});

it('judges ethnic groups at the same ages and sexes where the population has the table', () => {
  const strata = Object.keys(attributes.age_band.groups).flatMap((ageBand) =>
    ['1', '2'].map((sex) => ({ ageBand, sex })),
  );
  // Old people alone are counted, of whom the population has fewer Mixed: 2 %.
  const table = populationOf(england.attributes, {
    id: 'england',
    ethnicityByAgeAndSex: {
      attribute: 'ethnic_group',
      people: strata.flatMap((stratum) =>
        Object.entries({ Asian: 71, Black: 30, Mixed: 20, White: 855, Other: 24 }).map(([group, people]) => ({
          ...stratum,
          group,
          people,
        })),
      ),
    },
  });
  const more = {
    ethnicityByAgeAndSex: {
      attribute: 'ethnic_group' as const,
      peopleByGroup: Object.fromEntries(
        Object.entries(goldenCounts).map(([group, shown]) => [group, { shown }]),
      ),
      peopleByAgeAndSex: strata.map((stratum) => ({ ...stratum, people: { shown: 500 } })),
    },
  };
  expect(groupsOf(decide(goldenCounts, 0.7, table))).toEqual(['below-bound Mixed']);
  expect(decide(goldenCounts, 0.7, table, more)).toEqual({ kind: 'passes' });
  expect(decide(goldenCounts, 0.96, table, more)).toHaveProperty('findings.0.standardised', true);
});
