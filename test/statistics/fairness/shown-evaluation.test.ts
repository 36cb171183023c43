import fc from 'fast-check';
import { evaluateScores } from '../../../statistics/fairness/evaluate-scores';
import type { ScoredRow } from '../../../statistics/fairness/evaluation-data';
import {
  type Disclosure,
  type ShownGroup,
  showEvaluation,
} from '../../../statistics/fairness/shown-evaluation';
import { madeUpRows, settings } from './scored-rows';

const made = { ...settings, attributes: ['arm', 'parity'], resamples: 40 };

const groupOf = (rows: readonly ScoredRow[], value: string) => {
  const shown = showEvaluation(evaluateScores(rows, made), 'safe');
  const group = shown.attributes.flatMap(({ groups }) => groups).find((each) => each.value === value);
  if (group === undefined) throw new Error('There is no such group.');
  return group;
};

/** Every number that is shown of a group's counts. */
const countsOf = ({ counts }: ShownGroup) => Object.values(counts);

it('shows no count of fewer than 8 patients, and others to the nearest 5', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 60 }), fc.integer({ min: 0, max: 99 }), (patients, seed) => {
      const evaluation = evaluateScores(madeUpRows(patients, 2, seed), { ...made, resamples: 1 });
      const { all, attributes } = showEvaluation(evaluation, 'safe');
      for (const count of [all, ...attributes.flatMap(({ groups }) => groups)].flatMap(countsOf))
        expect(count === null || (count >= 8 && count % 5 === 0)).toBe(true);
    }),
    { seed: 7, numRuns: 40 },
  );
});

it('says of a group of fewer than 8 patients only that it is suppressed', () => {
  const rows = madeUpRows(100, 1, 2).map(
    (row, index): ScoredRow => ({
      ...row,
      groups: [index < 7 ? 'rare' : 'common', 'even'],
    }),
  );
  const rare = groupOf(rows, 'rare');
  expect(countsOf(rare).every((count) => count === null)).toBe(true);
  for (const figure of Object.values(rare.figures)) expect(figure).toMatchObject({ withheld: 'SMALL_GROUP' });
  for (const gap of Object.values(rare.comparison?.gaps ?? {}))
    expect(gap).toMatchObject({ withheld: 'SMALL_GROUP' });
  expect(rare.curve).toEqual([]);
  expect(rare.calibration).toEqual([]);
});

it('works shares out from the rounded counts', () => {
  const { figures, counts, comparison } = groupOf(madeUpRows(700, 1, 3), 'odd');
  const { truePositiveRows: found, falseNegativeRows: missed } = counts;
  const share = Math.round((100 * (found ?? 0)) / ((found ?? 0) + (missed ?? 0))) / 100;
  expect(figures.sensitivity).toMatchObject({ estimate: share, decimals: 2 });
  expect(comparison?.gaps.sensitivity).toHaveProperty('estimate');
});

it('works every share of every group out from the counts that are shown, and from none that are not', () => {
  const shares = {
    sensitivity: ['truePositiveRows', 'falseNegativeRows'],
    specificity: ['trueNegativeRows', 'falsePositiveRows'],
    ppv: ['truePositiveRows', 'falsePositiveRows'],
  } as const;
  let shownShares = 0;
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 900 }), fc.nat(10_000), (patients, seed) => {
      const evaluation = evaluateScores(madeUpRows(patients, 1, seed), { ...made, resamples: 1 });
      const { all, attributes } = showEvaluation(evaluation, 'safe');
      for (const { counts, figures } of [all, ...attributes.flatMap(({ groups }) => groups)])
        for (const [name, [part, rest]] of Object.entries(shares)) {
          const figure = figures[name as keyof typeof shares];
          const [counted, others] = [counts[part], counts[rest]];
          if (!('estimate' in figure)) continue;
          if (counted === null || others === null) throw new Error(`${name} tells of a suppressed count`);
          shownShares += 1;
          expect(figure.estimate).toBe(Math.round((100 * counted) / (counted + others)) / 100);
        }
    }),
    { seed: 9, numRuns: 60 },
  );
  expect(shownShares).toBeGreaterThan(500);
});

it('withholds a share that tells of a cell of fewer than 8 patients, and the gaps and odds from it', () => {
  // all positives of group A but three are found
  const rows = madeUpRows(300, 1, 3).map((row, index): ScoredRow => {
    const isOwn = index % 3 === 0;
    const score = isOwn && row.positive ? (index < 18 ? 0.2 : 0.9) : row.score;
    return { ...row, score, groups: [isOwn ? 'A' : 'B', 'even'] };
  });
  const missed = rows.filter(({ groups: [arm], positive, score }) => arm === 'A' && positive && score < 0.5);
  expect(missed.length).toBeGreaterThan(0);
  expect(missed.length).toBeLessThan(8);
  const { figures, comparison, counts } = groupOf(rows, 'A');
  expect(counts.falseNegativeRows).toBeNull();
  expect(figures.sensitivity).toMatchObject({ withheld: 'SMALL_CELL' });
  expect(figures.auc).toHaveProperty('estimate');
  expect(comparison?.gaps.sensitivity).toMatchObject({ withheld: 'SMALL_CELL' });
  expect(comparison?.equalisedOdds).toMatchObject({ withheld: 'SMALL_CELL' });
});

it('counts the patients behind the rows of a cell', () => {
  // seven patients with ten rows each
  const rows = madeUpRows(60, 10, 3).map(
    (row, index): ScoredRow => ({
      ...row,
      positive: index < 70,
      score: index < 70 ? 0.1 : row.score,
    }),
  );
  const { all } = showEvaluation(evaluateScores(rows, made), 'safe');
  expect(all.counts.falseNegativeRows).toBeNull();
});

it('every interval holds its estimate: of all, of groups and of gaps, exact and as it is shown', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 40, max: 400 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(10_000),
      fc.constantFrom<Disclosure>('safe', 'internal'),
      (patients, rowsPerPatient, seed, disclosure) => {
        const evaluation = evaluateScores(madeUpRows(patients, rowsPerPatient, seed), {
          ...made,
          resamples: 200,
        });
        const { all, attributes } = showEvaluation(evaluation, disclosure);
        const groups = [all, ...attributes.flatMap((attribute) => attribute.groups)];
        const figures = groups.flatMap((group) => [
          ...Object.values(group.figures),
          ...Object.values(group.comparison?.gaps ?? {}),
        ]);
        const withInterval = figures.flatMap((figure) =>
          'estimate' in figure && figure.low !== null && figure.high !== null
            ? [[figure.low, figure.estimate, figure.high] as const]
            : [],
        );
        expect(withInterval.length).toBeGreaterThan(0);
        for (const [low, estimate, high] of withInterval) {
          expect(low).toBeLessThanOrEqual(estimate);
          expect(high).toBeGreaterThanOrEqual(estimate);
        }
      },
    ),
    { seed: 8, numRuns: 25 },
  );
});

it('rounds the ends of intervals outwards', () => {
  const evaluation = evaluateScores(madeUpRows(400, 1, 3), made);
  const exact = showEvaluation(evaluation, 'internal').all.figures.auc;
  const shown = showEvaluation(evaluation, 'safe').all.figures.auc;
  if (!('estimate' in exact) || !('estimate' in shown)) throw new Error('There is no AUC.');
  const { low, high } = exact;
  expect(shown.low).toBe(Math.floor((low ?? 0) * 1000) / 1000);
  expect(shown.high).toBe(Math.ceil((high ?? 0) * 1000) / 1000);
});

it('gives as equalised odds the larger gap without its sign', () => {
  const { attributes } = showEvaluation(evaluateScores(madeUpRows(900, 1, 3), made), 'internal');
  const compared = attributes.flatMap(({ groups }) => groups.flatMap(({ comparison }) => comparison ?? []));
  expect(compared.length).toBeGreaterThan(3);
  for (const { gaps, equalisedOdds } of compared) {
    const { sensitivity, falsePositiveRate } = gaps;
    if (!('estimate' in sensitivity) || !('estimate' in falsePositiveRate))
      throw new Error('There is no gap.');
    const larger = Math.max(Math.abs(sensitivity.estimate), Math.abs(falsePositiveRate.estimate));
    expect(equalisedOdds).toMatchObject({ estimate: larger });
  }
});
