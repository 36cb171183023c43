import { binomialLimits } from '../../statistics/binomial/binomial';
import { publishCount, publishedWindow } from '../../statistics/disclosure/published-count';
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
  publishCount(development).kind === 'shown' && publishCount(heldOut).kind === 'shown';

/**
 * Which strata of an attribute are shown. A stratum is withheld where either side is below eight; where it would be the
 * only one, and so follow from the whole, the one with the fewest people that is shown goes with it.
 */
function shownAmong(strata: readonly StratumCount[]): ReadonlySet<StratumCount> {
  const shown = strata.filter(isShown);
  if (shown.length !== strata.length - 1) return new Set(shown);
  const people = ({ development, heldOut }: StratumCount): number => {
    const count = publishCount(development + heldOut);
    return count.kind === 'shown' ? count.value : 0;
  };
  const least = shown.reduce<StratumCount | null>(
    (smallest, each) => (smallest === null || people(each) < people(smallest) ? each : smallest),
    null,
  );
  return new Set(shown.filter((each) => each !== least));
}

/** Groups of an attribute that everybody knows, whether anybody is in them or not. */
export type KnownGroups = Readonly<Partial<Record<BalancedAttribute, readonly string[]>>>;

type ShownStratum = ShownSplitBalance['strata'][number];

const withheld = (attribute: BalancedAttribute, group: string): ShownStratum => ({
  attribute,
  group,
  heldOut: null,
  lower: 0,
  upper: 1,
  inside: null,
});

/**
 * The strata of an attribute as they are listed. That one of a few people were listed and one of nobody not would tell the
 * two apart: so every known group is listed, and of an attribute without such groups those that are shown.
 */
function listedStrata(
  attribute: BalancedAttribute,
  shown: readonly ShownStratum[],
  known: readonly string[] = [],
): ShownStratum[] {
  const others = shown.map(({ group }) => group).filter((group) => group !== notKnown);
  return [...new Set([...known, ...others]), notKnown].map(
    (group) => shown.find((stratum) => stratum.group === group) ?? withheld(attribute, group),
  );
}

/**
 * The balance as a release shows it: counts after the disclosure rule, and share, limits and verdict worked out from these
 * alone. `inside` is false only where no counts that round to the shown ones would be inside.
 * @param mayShow whether the counts by an attribute may be shown at all, beside all else of the release
 * @param known groups that are listed whoever is in them
 */
export function shownBalance(
  { strata }: SplitCounts,
  heldOutShare: number,
  mayShow: (attribute: BalancedAttribute) => boolean,
  known: KnownGroups,
): ShownSplitBalance {
  const shown = new Set(
    balancedAttributes
      .filter(mayShow)
      .flatMap((name) => [...shownAmong(strata.filter(({ attribute }) => attribute === name))]),
  );
  const shownStratum = (stratum: StratumCount): ShownStratum[] => {
    const heldOut = publishCount(stratum.heldOut);
    const people = publishCount(stratum.development + stratum.heldOut);
    if (!shown.has(stratum) || people.kind !== 'shown' || heldOut.kind !== 'shown') return [];
    const { least, most } = binomialLimits(people.value, heldOutShare, balanceConfidence);
    const window = publishedWindow(heldOut);
    const all = publishedWindow(people);
    const fewest = binomialLimits(all.least, heldOutShare, balanceConfidence).least;
    const highest = binomialLimits(all.most, heldOutShare, balanceConfidence).most;
    return [
      {
        attribute: stratum.attribute,
        group: stratum.group ?? notKnown,
        heldOut: Math.min(1, heldOut.value / people.value),
        lower: least / people.value,
        upper: most / people.value,
        inside: window.most >= fewest && window.least <= highest,
      },
    ];
  };
  return {
    heldOutShare,
    confidence: balanceConfidence,
    strata: balancedAttributes.flatMap((name) =>
      listedStrata(
        name,
        strata.filter(({ attribute }) => attribute === name).flatMap(shownStratum),
        known[name],
      ),
    ),
  };
}
