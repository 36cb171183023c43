import { attributeLabel, groupLabel, isMissing } from '../references/attributes';
import { type Cell, isShown, seenIn } from './cell.contract';
import type { AttributeCounts, TrustMissing } from './counts.contract';
import type { AttributeReport, InternalReport, MissingByRegion } from './report.contract';

/** Above this share of people of whom an attribute is not known, its figures are to be read with care. */
export const missingAlarm = 0.2;

/** How many are not known, by the codes that say so; of what is shown. */
export function missingOf(
  attribute: string,
  counts: AttributeCounts,
  order: readonly string[],
): AttributeReport['missing'] {
  const rows = order.flatMap((group) => {
    const count = counts[group];
    if (count === undefined || !isMissing(attribute, group)) return [];
    return [{ group, label: groupLabel(attribute, group), people: count.people }];
  });
  const seen = rows.reduce((sum, { people }) => sum + seenIn(people), 0);
  const all = Object.values(counts).reduce((sum, { people }) => sum + seenIn(people), 0);
  const share = all === 0 ? null : seen / all;
  return { rows, share, alarm: share !== null && share > missingAlarm };
}

function shareOf(part: Cell, whole: Cell): number | null {
  if (!isShown(part) || !isShown(whole) || whole.shown === 0) return null;
  // Counts that were rounded one by one may leave more in the part than in the whole.
  return Math.min(1, part.shown / whole.shown);
}

/** Of how many people attributes are not known, by attribute. */
function missingAttributes({ people: all, missing }: TrustMissing): MissingByRegion['attributes'] {
  return Object.entries(missing)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([attribute, people]) => {
      const share = shareOf(people, all);
      const alarm = share !== null && share > missingAlarm;
      return { attribute, label: attributeLabel(attribute), people, share, alarm };
    });
}

/** How many of each trust's people are not known, by attribute, trusts in the order of their codes. */
export function missingByTrust(
  trusts: Readonly<Record<string, TrustMissing>>,
): InternalReport['missingByTrust'] {
  return Object.entries(trusts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([trust, counts]) => ({ trust, people: counts.people, attributes: missingAttributes(counts) }));
}

/** The same by region of the trust. */
export function missingByTrustRegion(regions: Readonly<Record<string, TrustMissing>>): MissingByRegion[] {
  return Object.entries(regions)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([region, counts]) => ({
      region,
      label: groupLabel('region', region),
      people: counts.people,
      attributes: missingAttributes(counts),
    }));
}
