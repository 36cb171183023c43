import fc from 'fast-check';
import { evaluationData, type ScoredRow } from '../../../statistics/fairness/evaluation-data';
import { falsePositiveRates, GroupTally } from '../../../statistics/fairness/group-tally';
import {
  curveFrom,
  gapNames,
  gapsFrom,
  measureCount,
  writeMeasures,
} from '../../../statistics/fairness/measures';
import { pairwiseAuc } from './scored-rows';

const anyRows = fc
  .array(
    fc.record({
      positive: fc.boolean(),
      score: fc.integer({ min: 0, max: 12 }),
      group: fc.constantFrom('a', 'b', 'c', null),
      weight: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 50 },
  )
  .map((cells) =>
    cells.map(({ positive, score, group, weight }, index) => ({
      weight,
      row: {
        id: `i${index}`,
        patient: `p${index}`,
        positive,
        score: score / 12,
        groups: [group],
      } as ScoredRow,
    })),
  );

/** Measures of every group with weights, and the rows that these stand for. */
function measured(weighted: readonly { readonly weight: number; readonly row: ScoredRow }[]) {
  const data = evaluationData(
    weighted.map(({ row }) => row),
    ['arm'],
    [],
    { kind: 'one', threshold: 0.5 },
  );
  const [attribute] = data.attributes;
  if (attribute === undefined) throw new Error('There is no attribute.');
  const tally = new GroupTally(data, attribute);
  const sorted = [...weighted].sort(
    (left, right) => left.row.score - right.row.score || (left.row.id < right.row.id ? -1 : 1),
  );
  const values = new Float64Array(attribute.groups.length * measureCount);
  tally.run(Float64Array.from(sorted, ({ weight }) => weight));
  writeMeasures(
    tally,
    attribute,
    attribute.groups.map(() => 'rest'),
    new Float64Array(attribute.groups.length),
    values,
  );
  const drawn = sorted.flatMap(({ row, weight }) => Array.from({ length: weight }, () => row));
  return { groups: attribute.groups, values, drawn };
}

const share = (rows: readonly ScoredRow[], of: (row: ScoredRow) => boolean) =>
  rows.filter(of).length / rows.length;
const flagged = ({ score }: ScoredRow) => score >= 0.5;

it('gives each gap between a group and the known rest that the repeated rows themselves give', () => {
  fc.assert(
    fc.property(anyRows, (weighted) => {
      const { groups, values, drawn } = measured(weighted);
      groups.forEach((value, group) => {
        const own = drawn.filter(({ groups: [arm] }) => arm === value);
        const rest = drawn.filter(({ groups: [arm] }) => arm !== value && arm !== null);
        const difference = (of: (rows: ScoredRow[]) => number) => of(own) - of(rest);
        const expected = {
          auc: difference(pairwiseAuc),
          sensitivity: difference((rows) =>
            share(
              rows.filter(({ positive }) => positive),
              flagged,
            ),
          ),
          falsePositiveRate: difference((rows) =>
            share(
              rows.filter(({ positive }) => !positive),
              flagged,
            ),
          ),
          ppv: difference((rows) => share(rows.filter(flagged), ({ positive }) => positive)),
          calibrationInTheLarge: difference(
            (rows) =>
              rows.reduce((sum, { score, positive }) => sum + score - (positive ? 1 : 0), 0) / rows.length,
          ),
        };
        gapNames.forEach((name, index) => {
          const given = values[group * measureCount + gapsFrom + index] ?? Number.NaN;
          // sums of fractions leave a trace where nothing is left to divide by
          expect(Number.isFinite(given)).toBe(Number.isFinite(expected[name]));
          if (Number.isFinite(given)) expect(given).toBeCloseTo(expected[name], 9);
        });
      });
    }),
    { seed: 3, numRuns: 300 },
  );
});

it('reads curves at the lowest score that flags no more of the negatives than allowed', () => {
  fc.assert(
    fc.property(anyRows, (weighted) => {
      const { groups, values, drawn } = measured(weighted);
      groups.forEach((value, group) => {
        const own = drawn.filter(({ groups: [arm] }) => arm === value);
        const positives = own.filter(({ positive }) => positive);
        const negatives = own.filter(({ positive }) => !positive);
        if (positives.length === 0 || negatives.length === 0) return;
        falsePositiveRates.forEach((rate, index) => {
          const above = (rows: ScoredRow[], cut: number) => share(rows, ({ score }) => score > cut);
          const cuts = [Number.NEGATIVE_INFINITY, ...own.map(({ score }) => score)];
          const best = Math.max(
            ...cuts
              .filter((cut) => above(negatives, cut) <= rate + 1e-12)
              .map((cut) => above(positives, cut)),
          );
          expect(values[group * measureCount + curveFrom + index]).toBeCloseTo(best, 9);
        });
      });
    }),
    { seed: 4, numRuns: 300 },
  );
});
