import fc from 'fast-check';
import type { HeldOutStudyRow } from '../../../lambda/lake/sql/held-out-studies';
import {
  type CommitmentSubject,
  committedText,
  sha256Of,
  verifyCommitment,
} from '../../../lambda/splits/commitment.contract';
import { belowMinimum, drawEvaluationSet } from '../../../lambda/splits/draw-evaluation-set';
import { evaluationSetDefinition } from '../../../lambda/splits/evaluation-set.contract';
import { commitmentSalt, evaluationOrder } from '../../../lambda/splits/splits-keys';

const key = Buffer.alloc(32, 1);
const orderIn =
  (set: string, with_ = key) =>
  (patient: string) =>
    evaluationOrder(with_, set, patient);

const row = (patient: number, study: number, changes: Partial<HeldOutStudyRow> = {}): HeldOutStudyRow => ({
  patient_pseudonym: `PATIENT${patient}`,
  collection: 'chest',
  study_instance_uid: `1.2.${patient}.${study}`,
  age_band: '60-69',
  sex: patient % 2 === 0 ? '1' : '2',
  ethnic_category: null,
  imd_decile: null,
  region: 'E12000007',
  trust_region: 'E12000007',
  ...changes,
});

const rows = fc
  .array(
    fc.record({
      patient: fc.integer({ min: 1, max: 40 }),
      study: fc.integer({ min: 1, max: 3 }),
      sex: fc.constantFrom('1', '2', '9', null),
    }),
    { maxLength: 80 },
  )
  .map((drawn) => [
    ...new Map(
      drawn.map(({ patient, study, sex }) => [`${patient} ${study}`, row(patient, study, { sex })]),
    ).values(),
  ]);

const quotas = fc.uniqueArray(
  fc.record({
    group: fc.constantFrom<(string | null)[]>(['1'], ['2'], ['9'], [null]),
    patients: fc.integer({ min: 1, max: 12 }),
    minimum: fc.constant(0),
  }),
  { minLength: 1, maxLength: 4, selector: ({ group }) => group[0] },
);

it('meets every quota, or takes the whole stratum and says by how many it is short', () => {
  fc.assert(
    fc.property(rows, quotas, (pool, wanted) => {
      const draw = drawEvaluationSet(pool, { stratify: ['sex'], quotas: wanted }, orderIn('set'));
      const patients = new Set(pool.map((each) => each.patient_pseudonym));
      const sexOf = (patient: string) =>
        pool
          .filter((each) => each.patient_pseudonym === patient && each.sex !== null)
          .map((each) => each.sex)
          .sort()[0] ?? null;
      draw.strata.forEach((stratum, at) => {
        const inPool = [...patients].filter((patient) => sexOf(patient) === stratum.group[0]).length;
        expect(stratum.pool).toBe(inPool);
        expect(stratum.drawn).toBe(Math.min(inPool, wanted[at]?.patients ?? 0));
        expect(stratum.drawn + stratum.short).toBe(stratum.quota);
      });
      expect(draw.patients).toBe(draw.strata.reduce((sum, { drawn }) => sum + drawn, 0));
      expect(new Set(draw.studies.map(({ patient }) => patient)).size).toBe(draw.patients);
      // whoever is drawn is drawn with every study
      const listed = new Set(draw.studies.map(({ study }) => study));
      const chosen = new Set(
        pool.filter((each) => listed.has(each.study_instance_uid)).map((each) => each.patient_pseudonym),
      );
      expect(chosen.size).toBe(draw.patients);
      expect(listed.size).toBe(pool.filter((each) => chosen.has(each.patient_pseudonym)).length);
    }),
    { seed: 47, numRuns: 300 },
  );
});

it('depends on the pool and not on the order of its rows', () => {
  const shuffled = rows.chain((pool) =>
    fc.tuple(fc.constant(pool), fc.shuffledSubarray(pool, { minLength: pool.length })),
  );
  fc.assert(
    fc.property(shuffled, quotas, ([pool, again], wanted) => {
      const definition = { stratify: ['sex' as const], quotas: wanted };
      expect(drawEvaluationSet(again, definition, orderIn('set'))).toEqual(
        drawEvaluationSet(pool, definition, orderIn('set')),
      );
    }),
    { seed: 48, numRuns: 150 },
  );
});

const pool = Array.from({ length: 400 }, (_, patient) => row(patient, 1));
const drawn = (set: string, patients: number, with_ = key) =>
  new Set(
    drawEvaluationSet(
      pool,
      { stratify: [], quotas: [{ group: [], patients, minimum: 0 }] },
      orderIn(set, with_),
    ).studies.map(({ study }) => study),
  );

it('keeps its patients where a later version asks for more, and draws others for another name or key', () => {
  const [small, large] = [drawn('set', 50), drawn('set', 100)];
  expect([...small].filter((study) => large.has(study))).toHaveLength(50);
  for (const other of [drawn('another', 100), drawn('set', 100, Buffer.alloc(32, 2))]) {
    const shared = [...other].filter((study) => large.has(study)).length;
    // of 100 out of 400 by chance 25, with a standard deviation below 4
    expect(shared).toBeGreaterThan(8);
    expect(shared).toBeLessThan(42);
  }
});

it('names the strata that are below their minimum', () => {
  const draw = drawEvaluationSet(
    [row(1, 1), row(2, 1)],
    {
      stratify: ['sex', 'age_band'],
      quotas: [
        { group: ['1', '60-69'], patients: 5, minimum: 2 },
        { group: ['2', '60-69'], patients: 5, minimum: 1 },
      ],
    },
    orderIn('set'),
  );
  expect(belowMinimum(draw.strata)).toEqual([
    { group: ['1', '60-69'], quota: 5, minimum: 2, pool: 1, drawn: 1, short: 4 },
  ]);
});

it.each([
  ['a group of too few values', { quotas: [{ group: ['1'], patients: 1 }] }],
  ['a group twice', { quotas: [1, 2].map(() => ({ group: ['1', '0-9'], patients: 1 })) }],
  ['a minimum above the quota', { quotas: [{ group: ['1', '0-9'], patients: 1, minimum: 2 }] }],
  ['an attribute twice', { stratify: ['sex', 'sex'] }],
  ['an attribute that is no column of a patient', { stratify: ['trust', 'sex'] }],
  ['no quota', { quotas: [] }],
  ['a purpose of two lines', { purpose: 'two lines\nof a purpose' }],
])('refuses a definition with %s', (_, changes) => {
  const definition = {
    purpose: 'Nodules on chest X-ray, by sex and age.',
    release: '2026.4',
    collections: ['chest'],
    stratify: ['sex', 'age_band'],
    quotas: [{ group: ['1', '0-9'], patients: 1 }],
  };
  expect(evaluationSetDefinition.safeParse(definition).success).toBe(true);
  expect(evaluationSetDefinition.safeParse({ ...definition, ...changes }).success).toBe(false);
});

describe('a commitment', () => {
  const subject: CommitmentSubject = { kind: 'held-out', release: '2026.4' };
  const salt = commitmentSalt(key, 'held-out#2026.4');
  const studies = [3, 1, 2].map((number) => ({ collection: 'chest', study: `1.2.${number}` }));
  const text = committedText(subject, salt, studies);

  it('is to the sorted list, whatever its order and however often a study stands in it', () => {
    expect(text).toBe(`nmip/commitment/1\nheld-out#2026.4\n${salt}\nchest 1.2.1\nchest 1.2.2\nchest 1.2.3\n`);
    expect(committedText(subject, salt, [...studies, ...studies].reverse())).toBe(text);
  });

  it('holds for the text and for no other', () => {
    const published = { subject, sha256: sha256Of(text) };
    expect(verifyCommitment(published, text)).toEqual({ holds: true, studies: 3 });
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0123456789ab .\n'), (at, sign) => {
        fc.pre(text[at] !== sign);
        const changed = text.slice(0, at) + sign + text.slice(at + 1);
        expect(verifyCommitment(published, changed).holds).toBe(false);
      }),
      { seed: 49, numRuns: 200 },
    );
    expect(verifyCommitment({ ...published, subject: { ...subject, release: '2026.3' } }, text)).toEqual({
      holds: false,
      reason: 'OTHER_SUBJECT',
    });
  });

  it('does not show by its hash that a list is a known one', () => {
    const other = committedText(subject, commitmentSalt(Buffer.alloc(32, 2), 'held-out#2026.4'), studies);
    expect(sha256Of(other)).not.toBe(sha256Of(text));
    const later: CommitmentSubject = { kind: 'held-out', release: '2027.1' };
    expect(commitmentSalt(key, 'held-out#2027.1')).not.toBe(salt);
    expect(sha256Of(committedText(later, commitmentSalt(key, 'held-out#2027.1'), studies))).not.toBe(
      sha256Of(text),
    );
  });
});
