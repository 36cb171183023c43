import fc from 'fast-check';
import { wilsonInterval } from '../../../statistics/representativeness/wilson-interval';

it('known answers: 5 of 10, none of 20, all of 20', () => {
  expect(wilsonInterval(5, 10).low).toBeCloseTo(0.2366, 4);
  expect(wilsonInterval(5, 10).high).toBeCloseTo(0.7634, 4);
  expect(wilsonInterval(0, 20).low).toBe(0);
  expect(wilsonInterval(0, 20).high).toBeCloseTo(0.1611, 4);
  expect(wilsonInterval(20, 20).low).toBeCloseTo(0.8389, 4);
  expect(wilsonInterval(20, 20).high).toBe(1);
});

it('holds the share, and stays within 0 and 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (total, part) => {
        const count = Math.round(part * total);
        const { low, high } = wilsonInterval(count, total);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(count / total);
        expect(high).toBeGreaterThanOrEqual(count / total);
      },
    ),
    { seed: 46, numRuns: 2000 },
  );
});

it('is narrower for more people', () => {
  const width = (count: number, total: number) =>
    wilsonInterval(count, total).high - wilsonInterval(count, total).low;
  expect(width(100, 1000)).toBeLessThan(width(10, 100));
});
