import { binomialLimits } from '../../statistics/binomial/binomial';
import { protectCount, windowOf } from '../../statistics/disclosure/protect-count';
import { shownStep } from '../../statistics/disclosure/shown-count.contract';
import type { SplitBalance as ShownSplitBalance } from '../releases/release-figures.contract';
import {
  type BalancedAttribute,
  balanceConfidence,
  balancedAttributes,
  type SplitCounts,
  type StratumCount,
} from './split-balance';

/** Words for the people of whom an attribute is not known. */
const notKnown = 'not known';

/** Whether both sides of a stratum may be shown. */
const isShown = ({ development, heldOut }: Pick<StratumCount, 'development' | 'heldOut'>): boolean =>
  protectCount(development).kind === 'shown' && protectCount(heldOut).kind === 'shown';

/**
 * Which strata of an attribute are shown. A stratum is withheld where either side is below eight; where it would be the
 * only one, and so follow from the whole, the one with the fewest people that is shown goes with it.
 */
function shownAmong(strata: readonly StratumCount[]): ReadonlySet<StratumCount> {
  const shown = strata.filter(isShown);
  if (shown.length !== strata.length - 1) return new Set(shown);
  const people = ({ development, heldOut }: StratumCount) =>
    Math.round((development + heldOut) / shownStep) * shownStep;
  const least = shown.reduce<StratumCount | null>(
    (smallest, each) => (smallest === null || people(each) < people(smallest) ? each : smallest),
    null,
  );
  return new Set(shown.filter((each) => each !== least));
}

/**
 * The balance as a release shows it: counts after the disclosure rule, and share, limits and verdict worked out from these
 * alone. `inside` is false only where no count that rounds to the shown one would be inside.
 * @param mayShow whether the counts by an attribute may be shown at all, beside all else of the release
 */
export function shownBalance(
  { strata }: SplitCounts,
  heldOutShare: number,
  mayShow: (attribute: BalancedAttribute) => boolean,
): ShownSplitBalance {
  const shown = new Set(
    balancedAttributes
      .filter(mayShow)
      .flatMap((name) => [...shownAmong(strata.filter(({ attribute }) => attribute === name))]),
  );
  return {
    heldOutShare,
    confidence: balanceConfidence,
    strata: strata.map((stratum) => {
      const names = { attribute: stratum.attribute, group: stratum.group ?? notKnown };
      const [people, heldOut] = [
        protectCount(stratum.development + stratum.heldOut),
        protectCount(stratum.heldOut),
      ];
      if (!shown.has(stratum) || people.kind !== 'shown' || heldOut.kind !== 'shown')
        return { ...names, heldOut: null, lower: 0, upper: 1, inside: null };
      const { least, most } = binomialLimits(people.value, heldOutShare, balanceConfidence);
      const window = windowOf(heldOut);
      return {
        ...names,
        heldOut: Math.min(1, heldOut.value / people.value),
        lower: least / people.value,
        upper: most / people.value,
        inside: window.most >= least && window.least <= most,
      };
    }),
  };
}
