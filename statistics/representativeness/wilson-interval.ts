import type { Interval } from './report.contract';

/** Standard normal quantile of 0.975, for intervals of 95 %. */
const z = 1.959963984540054;

/**
 * Wilson score interval of 95 % for the share `count / total` (Wilson 1927). It holds the share, stays within 0 and 1,
 * and is good for small counts too. `total` is above 0.
 */
export function wilsonInterval(count: number, total: number): Interval {
  const share = count / total;
  const denominator = 1 + z ** 2 / total;
  const centre = (share + z ** 2 / (2 * total)) / denominator;
  const half = (z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))) / denominator;
  // At the ends the bound is the share itself; what arithmetic leaves there is taken away.
  return {
    low: count === 0 ? 0 : Math.min(share, centre - half),
    high: count === total ? 1 : Math.max(share, centre + half),
  };
}
