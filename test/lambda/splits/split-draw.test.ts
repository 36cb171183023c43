import { createHmac } from 'node:crypto';
import type { PseudonymKeys } from '../../../dicom/deidentify/outcome';
import { derivePseudonymKeys } from '../../../dicom/deidentify/pseudonym-keys';
import { patientPseudonym, splitOf } from '../../../dicom/deidentify/pseudonyms';
import { instanceEngine } from '../../../lambda/deidentification/instance-engine';
import { balancedAttributes, type SplitCounts, splitBalance } from '../../../lambda/splits/split-balance';
import { binomialLimits } from '../../../statistics/binomial/binomial';
import { runEngine, testContext } from '../../dicom/samples/engine';
import { ctElements, makeInstance, syntaxes, text } from '../../dicom/samples/make-instance';

const share = 0.2;
const people = 200_000;

/** Numbers from 0 to below 1 by xorshift. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const groups = {
  region: Array.from({ length: 9 }, (_, at) => `E1200000${at + 1}`),
  age_band: ['0-9', '10-19', '20-29', '30-39', '40-49', '50-59', '60-69', '70-79', '80-89', '90+'],
  sex: ['1', '2', '9'],
  ethnic_category: [...'ABCDEFGHJKLMNPRS'],
  modality: ['CR', 'CT', 'DX', 'MG', 'MR', 'US'],
  collection: ['breast-screening', 'chest', 'head'],
} as const;

/** Every stratum, in the order of the report. */
const strata = balancedAttributes.flatMap((attribute) =>
  groups[attribute].map((group) => ({ attribute, group: group as string })),
);

/** Patients: an NHS number each, and their strata, which lean to the first group of each attribute. */
function populationOf(size: number) {
  const random = randomNumbers(20_261_129);
  const firstOf = balancedAttributes.map((attribute) =>
    strata.findIndex((stratum) => stratum.attribute === attribute),
  );
  return Array.from({ length: size }, (_, index) => ({
    nhsNumber: String(9_000_000_000 + index),
    strata: balancedAttributes.map(
      (attribute, at) => (firstOf[at] ?? 0) + Math.floor(random() ** 2 * groups[attribute].length),
    ),
  }));
}

type Population = ReturnType<typeof populationOf>;

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = randomNumbers(seed);
  const result = [...items];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [result[at], result[other]] = [result[other] as Item, result[at] as Item];
  }
  return result;
}

function countsOf(population: Population, isHeldOut: (patient: Population[number]) => boolean): SplitCounts {
  const development = new Uint32Array(strata.length);
  const heldOut = new Uint32Array(strata.length);
  let all = 0;
  for (const patient of population) {
    const isOut = isHeldOut(patient);
    if (isOut) all += 1;
    const side = isOut ? heldOut : development;
    for (const stratum of patient.strata) side[stratum] = (side[stratum] ?? 0) + 1;
  }
  return {
    development: population.length - all,
    heldOut: all,
    strata: strata.map((stratum, at) => ({
      ...stratum,
      development: development[at] ?? 0,
      heldOut: heldOut[at] ?? 0,
    })),
  };
}

const keysOf = (byte: number): Promise<PseudonymKeys> =>
  derivePseudonymKeys((purpose) => createHmac('sha256', Buffer.alloc(32, byte)).update(purpose).digest());

class Fault extends Error {}

describe('the draw over 200,000 patients', () => {
  const population = populationOf(people);
  const drawn = new Map<string, string>();
  let reassigned = 0;

  beforeAll(async () => {
    const { keys: _keys, ...context } = await testContext();
    const keys = await keysOf(11);
    const trusts = ['RX1', 'RY2', 'RZ3'].map((odsCode) =>
      instanceEngine({ ...context, keys, trust: { odsCode, nhsNumbers: [] }, heldOutShare: share }),
    );
    const random = randomNumbers(43);
    // arrivals in random order, a quarter of the patients again: from another trust, under another Patient ID
    const arrivals = shuffled([...population, ...population.filter((_, at) => at % 4 === 0)], 7);
    let next = 0;
    const worker = async () => {
      for (let at = next++; at < arrivals.length; at = next++) {
        const nhsNumber = arrivals[at]?.nhsNumber ?? '';
        for (;;) {
          try {
            const engine = trusts[Math.floor(random() * trusts.length)];
            const split = engine?.splitOf({ nhsNumber, patientId: `${Math.floor(random() * 1e6)}` }) ?? '';
            if (at % 64 === 0) await new Promise(setImmediate);
            // a worker that dies here has drawn and written nothing: the file comes again
            if (random() < 0.05) throw new Fault();
            if ((drawn.get(nhsNumber) ?? split) !== split) reassigned += 1;
            drawn.set(nhsNumber, split);
            break;
          } catch (error) {
            if (!(error instanceof Fault)) throw error;
          }
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  });

  it('puts everybody into one split, and never into another', () => {
    expect(drawn.size).toBe(people);
    expect(reassigned).toBe(0);
    expect(new Set(drawn.values())).toEqual(new Set(['development', 'held-out']));
  });

  it('keeps the shares of all strata inside the binomial 99.9 % limits, but for what chance allows', () => {
    const balance = splitBalance(
      countsOf(population, ({ nhsNumber }) => drawn.get(nhsNumber) === 'held-out'),
      share,
    );
    expect(balance.strata).toHaveLength(47);
    expect(balance.whole.verdict).toBe('inside');
    // of 48 looks at one in a thousand, more than two are outside in one of 50,000 draws at most
    expect(balance.outside).toBeLessThanOrEqual(2);
    expect(balance.alarm).toBe(false);
  });

  it('follows from the pseudonym and the key alone: not from what else is known, nor from the order', async () => {
    const keys = await keysOf(11);
    for (const { nhsNumber } of population.slice(0, 2_000))
      expect(splitOf(keys, patientPseudonym(keys, { nhsNumber, patientId: null }, 'ANY'), share)).toBe(
        drawn.get(nhsNumber),
      );
  });

  it('is another, independent draw under another key: nobody without the key knows a side', async () => {
    const keys = await keysOf(12);
    let agreeing = 0;
    for (const { nhsNumber } of population) {
      const other = splitOf(keys, patientPseudonym(keys, { nhsNumber, patientId: null }, 'RX1'), share);
      if (other === drawn.get(nhsNumber)) agreeing += 1;
    }
    const expected = share ** 2 + (1 - share) ** 2;
    const { least, most } = binomialLimits(people, expected, 0.999);
    expect(agreeing).toBeGreaterThanOrEqual(least);
    expect(agreeing).toBeLessThanOrEqual(most);
  });

  it('is independent even where only the key of the split is another', async () => {
    const [keys, other] = [await keysOf(11), await keysOf(12)];
    const some = population.slice(0, 20_000);
    let agreeing = 0;
    for (const { nhsNumber } of some) {
      const pseudonym = patientPseudonym(keys, { nhsNumber, patientId: null }, 'RX1');
      if (splitOf({ ...keys, split: other.split }, pseudonym, share) === drawn.get(nhsNumber)) agreeing += 1;
    }
    const { least, most } = binomialLimits(some.length, share ** 2 + (1 - share) ** 2, 0.999);
    expect(agreeing).toBeGreaterThanOrEqual(least);
    expect(agreeing).toBeLessThanOrEqual(most);
  });
});

describe('the alarm', () => {
  const population = populationOf(5_000);
  const random = randomNumbers(5);
  const draws = Array.from({ length: 400 }, () =>
    splitBalance(
      countsOf(population, () => random() < share),
      share,
    ),
  );

  it('is silent over hundreds of sound draws, in some of which a stratum is outside its own limits', () => {
    // one in a thousand at most each, so that of 400 more than two are in eight of a thousand such tests
    expect(draws.filter(({ alarm }) => alarm).length).toBeLessThanOrEqual(2);
    const outside = draws.filter((draw) => draw.outside > 0).length;
    expect(outside).toBeGreaterThan(draws.filter(({ alarm }) => alarm).length);
    expect(outside).toBeLessThan(0.06 * draws.length);
    expect(draws[0]?.expectedOutside).toBeCloseTo(0.048, 3);
  });

  it.each([
    ['a draw that misses a region', (first: boolean) => (first ? 0.1 : share)],
    ['a share that is not the configured one', () => 0.24],
    ['nobody held out', () => 0],
  ])('is raised by %s', (_, chanceOf) => {
    const counts = countsOf(population, (patient) => random() < chanceOf(patient.strata.includes(0)));
    expect(splitBalance(counts, share).alarm).toBe(true);
  });

  it('knows a stratum of few people, and of nobody', () => {
    const few = [
      { attribute: 'sex', group: '9', development: 3, heldOut: 0 } as const,
      { attribute: 'sex', group: null, development: 0, heldOut: 0 } as const,
    ];
    const balance = splitBalance({ development: 80, heldOut: 20, strata: few }, share);
    expect(balance.strata).toMatchObject([
      { people: 3, share: 0, limits: { least: 0, most: 3 }, verdict: 'inside', alarming: false },
      { people: 0, share: null, limits: { least: 0, most: 0 }, verdict: 'inside', alarming: false },
    ]);
    expect(splitBalance({ development: 10, heldOut: 1, strata: [] }, 0).alarm).toBe(true);
    expect(splitBalance({ development: 10, heldOut: 0, strata: [] }, 0).alarm).toBe(false);
  });
});

it('the de-identification of files takes the side of the draw, at every attempt and in any order', async () => {
  const context = await testContext({ heldOutShare: 0.5 });
  const files = Array.from({ length: 12 }, (_, at) => ({
    patientId: `LOCAL${at}`,
    file: makeInstance({
      syntax: 'explicit',
      elements: ctElements(syntaxes.explicit.encoding, [text(0x00100020, 'LO', `LOCAL${at}`)]),
    }),
  }));
  const arrivals = shuffled([...files, ...files, ...files], 3);
  const outcomes = await Promise.all(
    arrivals.map(async ({ file, patientId }) => ({ patientId, ...(await runEngine(file, context)) })),
  );
  const engine = instanceEngine(context);
  const sides = new Set<string>();
  for (const { patientId, outcome } of outcomes) {
    if (outcome.outcome !== 'deidentified') throw new Error(outcome.outcome);
    const side = engine.splitOf({ nhsNumber: null, patientId });
    expect(outcome.instance.split).toBe(side);
    expect(outcome.instance.studyInstanceUid.split('.').at(-2)).toBe(side === 'development' ? '1' : '2');
    sides.add(side);
  }
  expect(sides.size).toBe(2);
});
