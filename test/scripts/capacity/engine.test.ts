import fc from 'fast-check';
import { EventQueue } from '../../../scripts/capacity/engine/event-queue';
import { Gauge } from '../../../scripts/capacity/engine/gauge';
import { Places, TokenBucket } from '../../../scripts/capacity/engine/limits';
import { WeightedValues } from '../../../scripts/capacity/engine/quantiles';
import { lognormalTable, RandomStream } from '../../../scripts/capacity/engine/random';

describe('the event queue', () => {
  it('lets events happen in order of time, and of scheduling within a second', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
        const queue = new EventQueue();
        const happened: [number, number][] = [];
        times.forEach((time, index) => {
          queue.at(time, () => happened.push([queue.now, index]));
        });
        queue.run();
        const sorted = times
          .map((time, index): [number, number] => [time, index])
          .sort(([left, a], [right, b]) => left - right || a - b);
        expect(happened).toEqual(sorted);
        expect(queue.pending).toBe(0);
      }),
    );
  });

  it('refuses a time that has passed', () => {
    const queue = new EventQueue();
    queue.at(5, () => expect(() => queue.at(4, () => undefined)).toThrow(RangeError));
    queue.run();
    expect(() => queue.at(Number.NaN, () => undefined)).toThrow(RangeError);
  });
});

describe('a token bucket', () => {
  function passes(rate: { perSecond: number; burst: number }, arrivals: readonly number[]): number[] {
    const queue = new EventQueue();
    const bucket = new TokenBucket(queue, rate);
    const passed: number[] = [];
    for (const time of arrivals) queue.at(time, () => bucket.pass(1, () => passed.push(queue.now)));
    queue.run();
    return passed;
  }

  it('lets a burst pass at once and the rest at its rate', () => {
    expect(passes({ perSecond: 1, burst: 2 }, [0, 0, 0, 0, 0])).toEqual([0, 0, 1, 2, 3]);
    expect(passes({ perSecond: 0.25, burst: 1 }, [0, 0, 0])).toEqual([0, 4, 8]);
  });

  it('fills up again while nobody comes, to the burst and no further', () => {
    expect(passes({ perSecond: 1, burst: 2 }, [0, 0, 100, 100, 100])).toEqual([0, 0, 100, 100, 101]);
    expect(passes({ perSecond: 2, burst: 2 }, [0, 0, 0.5, 0.5])).toEqual([0, 0, 0.5, 1]);
  });

  it('never lets more pass in a time than the burst and the rate allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 1, maxLength: 100 }),
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (arrivals, burst, perSecond) => {
          const times = passes({ perSecond, burst }, arrivals);
          expect(times).toHaveLength(arrivals.length);
          times.forEach((from, first) => {
            times.slice(first).forEach((to, more) => {
              expect(more + 1).toBeLessThanOrEqual(burst + (to - from) * perSecond + 1e-6);
            });
          });
        },
      ),
    );
  });
});

describe('places', () => {
  it('make who comes to a single server wait as the formula of M/D/1 says', () => {
    // half of its time in use, one second a service: a mean wait of half a second
    const queue = new EventQueue();
    const server = new Places(queue, 1);
    const random = new RandomStream(1, 'M/D/1');
    const customers = 200_000;
    let waitedInAll = 0;
    const arrive = (left: number) => {
      if (left === 0) return;
      server.take(1, (waited) => {
        waitedInAll += waited;
        queue.after(1, () => server.give(1));
      });
      queue.after(random.exponential(2), () => arrive(left - 1));
    };
    arrive(customers);
    queue.run();
    expect(waitedInAll / customers).toBeCloseTo(0.5, 1);
    const { used, waitSeconds } = server.read();
    expect(used / queue.now).toBeCloseTo(0.5, 1);
    expect(waitSeconds).toBeCloseTo(waitedInAll, 3);
  });

  it('serve two at once of four, and the others after them', () => {
    const queue = new EventQueue();
    const servers = new Places(queue, 2);
    const ends: number[] = [];
    for (let customer = 0; customer < 4; customer += 1)
      servers.take(1, () =>
        queue.after(10, () => {
          servers.give(1);
          ends.push(queue.now);
        }),
      );
    queue.run();
    expect(ends).toEqual([10, 10, 20, 20]);
    expect(servers.read()).toEqual({
      used: 40,
      waits: 2,
      waitSeconds: 20,
      longestWaitSeconds: 10,
      mostAtOnce: 2,
    });
  });

  it('hold back who comes behind somebody that needs more than are free', () => {
    const queue = new EventQueue();
    const servers = new Places(queue, 3);
    const starts: string[] = [];
    const come = (name: string, places: number, seconds: number) =>
      servers.take(places, () => {
        starts.push(`${name} ${queue.now}`);
        queue.after(seconds, () => servers.give(places));
      });
    come('first', 2, 5);
    come('wide', 3, 5);
    come('narrow', 1, 1);
    queue.run();
    expect(starts).toEqual(['first 0', 'wide 5', 'narrow 10']);
  });
});

describe('draws', () => {
  it('are the same for the same seed and name, and others for others', () => {
    const draw = (seed: number, name: string) => {
      const random = new RandomStream(seed, name);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  });

  it('have the means that they should', () => {
    const random = new RandomStream(3, 'means');
    const mean = (draw: () => number) => {
      let sum = 0;
      for (let index = 0; index < 100_000; index += 1) sum += draw();
      return sum / 100_000;
    };
    expect(mean(() => random.uniform())).toBeCloseTo(0.5, 1);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    expect(mean(() => random.exponential(3)) / 3).toBeCloseTo(1, 1);
    expect(mean(() => random.poisson(4)) / 4).toBeCloseTo(1, 1);
    expect(mean(() => random.poisson(400)) / 400).toBeCloseTo(1, 2);
  });

  it('of a lognormal have mean 1 and nearly the variation asked for', () => {
    for (const variation of [0.3, 0.6, 0.8]) {
      const table = lognormalTable(variation);
      const mean = table.reduce((sum, value) => sum + value, 0) / table.length;
      const square = table.reduce((sum, value) => sum + (value - 1) ** 2, 0) / table.length;
      expect(mean).toBeCloseTo(1, 10);
      expect(Math.sqrt(square) / variation).toBeGreaterThan(0.95);
      expect(Math.sqrt(square) / variation).toBeLessThanOrEqual(1.01);
    }
  });
});

describe('sums over a run', () => {
  it('give weighted quantiles', () => {
    const values = new WeightedValues();
    values.add(30, 1);
    values.add(10, 98);
    values.add(20, 1);
    expect([0.5, 0.98, 0.99, 1].map((share) => values.quantile(share))).toEqual([10, 10, 20, 30]);
    expect(values.mean).toBeCloseTo(10.3);
    expect(new WeightedValues().quantile(0.5)).toBe(0);
  });

  it('give the most and the mean of what is there', () => {
    const queue = new EventQueue();
    const gauge = new Gauge(queue);
    queue.at(0, () => gauge.add(4));
    queue.at(10, () => gauge.add(-3));
    queue.at(20, () => gauge.add(-1));
    queue.run();
    expect([gauge.now, gauge.maximum, gauge.meanUntil(20)]).toEqual([0, 4, 2.5]);
  });
});
