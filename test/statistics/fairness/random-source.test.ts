import { RandomSource } from '../../../statistics/fairness/random-source';

it('draws the numbers of the reference implementation of xoshiro128** 1.1', () => {
  const random = new RandomSource(Int32Array.of(1, 2, 3, 4));
  expect(Array.from({ length: 10 }, () => random.next())).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

it('draws the same numbers of a seed, and others of the next', () => {
  const first = (seed: number) => {
    const random = RandomSource.ofSeed(seed);
    return Array.from({ length: 4 }, () => random.next());
  };
  expect(first(7)).toEqual(first(7));
  expect(first(7).some((drawn) => first(8).includes(drawn))).toBe(false);
});

it('draws each number below a bound about as often', () => {
  const random = RandomSource.ofSeed(3);
  const drawn = new Array<number>(7).fill(0);
  for (let draw = 0; draw < 70_000; draw += 1) {
    const number = random.below(7);
    drawn[number] = (drawn[number] ?? 0) + 1;
  }
  // chi-squared with 6 degrees of freedom: 22.5 is exceeded once in a thousand times
  const chiSquared = drawn.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(drawn).toHaveLength(7);
  expect(chiSquared).toBeLessThan(22.5);
});

it('refuses the state of which nothing comes but 0', () => {
  expect(() => new RandomSource(new Int32Array(4))).toThrow(RangeError);
});
