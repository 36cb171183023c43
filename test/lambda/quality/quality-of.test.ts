import fc from 'fast-check';
import type { QualityAttribute } from '../../../lambda/quality/quality.contract';
import { type QualityFacts, qualityOf, type SubmissionFacts } from '../../../lambda/quality/quality-of';
import { shownFindings } from '../../../lambda/quality/shown-findings';

const none = { of: 0, wrong: 0 };

const facts = (change: Partial<QualityFacts> = {}): QualityFacts => ({
  collection: 'chest',
  images: 100,
  patients: 20,
  values: [],
  dates: none,
  ages: none,
  sexes: none,
  pixels: none,
  digests: none,
  submissions: [],
  imports: none,
  ...change,
});

const value = (attribute: QualityAttribute, code: string | null, counted: number) => ({
  attribute,
  code,
  counted,
});

const found = (change: Partial<QualityFacts>) =>
  qualityOf(facts(change)).findings.map(({ check, attribute, count, of, exceeded }) => [
    check,
    attribute,
    count,
    of,
    exceeded,
  ]);

it('says what is missing, of those that ought to have it', () => {
  const values = [
    value('body_part', 'CHEST', 90),
    value('body_part', null, 10),
    value('kvp', null, 3),
    value('kvp', 'known', 7),
  ];
  expect(found({ values })).toEqual([
    ['missing', 'body_part', 10, 100, false],
    ['missing', 'kvp', 3, 10, true],
  ]);
});

it('holds codes to their lists, of those that say something', () => {
  const values = [
    value('body_part', 'THORAX ROUTINE', 1),
    value('body_part', 'CHEST', 98),
    value('body_part', null, 1),
    value('modality', 'XX', 2),
    value('modality', 'CT', 98),
    value('sex_of_image', 'W', 1),
    value('sex_of_image', 'O', 99),
  ];
  expect(found({ values })).toEqual([
    ['not-in-list', 'modality', 2, 100, true],
    ['missing', 'body_part', 1, 100, false],
    ['not-in-list', 'body_part', 1, 99, true],
    ['not-in-list', 'sex_of_image', 1, 100, true],
  ]);
});

it('takes not stated and not known for missing, never for a wrong code', () => {
  const values = [
    value('ethnic_category', 'A', 10),
    value('ethnic_category', 'Z', 4),
    value('ethnic_category', '99', 3),
    value('ethnic_category', null, 2),
    value('ethnic_category', 'Q', 1),
    value('sex', '0', 1),
    value('sex', '9', 19),
  ];
  expect(found({ values })).toEqual([
    ['missing', 'sex', 1, 20, false],
    ['missing', 'ethnic_category', 9, 20, true],
    ['not-in-list', 'ethnic_category', 1, 11, true],
  ]);
  expect(qualityOf(facts({ values })).demographics.known).toMatchObject({
    ethnic_category: 10,
    sex: 19,
    region: 0,
  });
});

it('exceeds a threshold above it, not at it', () => {
  const ages = (wrong: number) => found({ ages: { of: 100, wrong } });
  expect(ages(2)).toEqual([['ages-differ', null, 2, 100, false]]);
  expect(ages(3)).toEqual([['ages-differ', null, 3, 100, true]]);
  expect(found({ dates: { of: 100, wrong: 1 } })).toEqual([['date-in-future', null, 1, 100, true]]);
});

it('compares sizes only where every file was imported, and numbers of images always', () => {
  const submission = (change: Partial<SubmissionFacts>): SubmissionFacts => ({
    files: 10,
    bytes: 1_000_000,
    imported: 10,
    held: { images: 10, bytes: 1_000_000 },
    ...change,
  });
  const submissions = [
    submission({}),
    submission({ held: { images: 10, bytes: 500_000 } }),
    submission({ held: { images: 10, bytes: 1_100_000 + 10 * 2_048 } }),
    submission({ held: { images: 10, bytes: 499_999 } }),
    submission({ held: { images: 10, bytes: 1_100_001 + 10 * 2_048 } }),
    submission({ imported: 4, held: { images: 4, bytes: 300_000 } }),
    submission({ held: { images: 9, bytes: 900_000 } }),
  ];
  expect(found({ submissions })).toEqual([
    ['size-differs', null, 2, 5, true],
    ['images-differ', null, 1, 7, true],
  ]);
});

it('never says a finding of nobody, nor of more than were looked at', () => {
  const attributes = fc.constantFrom<QualityAttribute>(
    'modality',
    'body_part',
    'sex',
    'region',
    'kvp',
    'demographics',
  );
  const codes = fc.constantFrom(null, 'CT', 'CHEST', '1', '0', 'E12000007', 'x', 'known');
  const values = fc.array(fc.tuple(attributes, codes, fc.nat(50)).map((each) => value(...each)));
  fc.assert(
    fc.property(values, (drawn) => {
      const { findings, demographics } = qualityOf(facts({ values: drawn }));
      const sum = (attribute: QualityAttribute) =>
        drawn.reduce((total, each) => total + (each.attribute === attribute ? each.counted : 0), 0);
      for (const { count, of, sentence } of findings) {
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(of);
        expect(sentence).toMatch(/\.$/);
      }
      for (const attribute of ['sex', 'region', 'demographics'] as const) {
        const wrong = findings
          .filter((each) => each.attribute === attribute)
          .reduce((total, { count }) => total + count, 0);
        expect(demographics.known[attribute] + wrong).toBe(sum(attribute));
      }
    }),
    { seed: 463, numRuns: 200 },
  );
});

it('others see what the disclosure rule lets them, and the verdict of that', () => {
  const { findings } = qualityOf(
    facts({
      dates: { of: 1_003, wrong: 7 },
      ages: { of: 1_003, wrong: 23 },
      sexes: { of: 1_003, wrong: 11 },
    }),
  );
  expect(
    shownFindings(findings).map(({ check, count, of, exceeded }) => [check, count, of, exceeded]),
  ).toEqual([
    ['ages-differ', { kind: 'shown', value: 25 }, { kind: 'shown', value: 1_005 }, true],
    ['sexes-differ', { kind: 'shown', value: 10 }, { kind: 'shown', value: 1_005 }, false],
  ]);
});
