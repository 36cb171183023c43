import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { type PersonAttribute, personAttributes, personAttributeTitles } from './group-labels.contract';
import type { Release } from './release.contract';
import { acquisitionAttributes, acquisitionTitles } from './release-figures.contract';
import { seenIn, shownValue } from './shown-values.contract';

/** How much is not known of an attribute. */
export interface Missingness {
  readonly attribute: string;
  readonly title: string;
  readonly unit: 'people' | 'series';
  readonly missing: ShownCount;
  /** Of all that is shown of the attribute; null where the count is withheld or nothing is shown. */
  readonly share: number | null;
}

/** Above this share of missing values an attribute needs care (the platform's choice). */
export const missingAlarm = 0.2;

const missingShare = (missing: ShownCount, known: number): number | null => {
  const value = shownValue(missing);
  return value === null || value + known === 0 ? null : value / (value + known);
};

/** People of each group of an attribute, in the order of the code list. */
export function groupsOf(
  release: Pick<Release, 'demographics'>,
  attribute: PersonAttribute,
): { readonly group: string; readonly people: ShownCount }[] {
  const { people }: { people: Readonly<Record<string, ShownCount>> } = release.demographics[attribute];
  return Object.entries(people).map(([group, count]) => ({ group, people: count }));
}

/** People and series by each value of an attribute of acquisition. */
export function valuesOf(
  release: Pick<Release, 'acquisition'>,
  attribute: (typeof acquisitionAttributes)[number],
): { readonly value: string; readonly people: ShownCount; readonly series: ShownCount }[] {
  const { acquisition } = release;
  switch (attribute) {
    case 'contrast':
      return [
        { value: 'stated', ...acquisition.contrast.used },
        { value: 'stated as not used', ...acquisition.contrast.notUsed },
      ];
    case 'field_strength':
    case 'kvp':
      return Object.entries(acquisition[attribute].bands).map(([value, counts]) => ({ value, ...counts }));
    default:
      return acquisition[attribute].values;
  }
}

/** Every attribute with what is missing of it, of people first. */
export function missingnessOf(release: Pick<Release, 'demographics' | 'acquisition'>): Missingness[] {
  const people = personAttributes.map((attribute): Missingness => {
    const { missing } = release.demographics[attribute];
    const known = seenIn(groupsOf(release, attribute).map((each) => each.people));
    return {
      attribute,
      title: personAttributeTitles[attribute],
      unit: 'people',
      missing,
      share: missingShare(missing, known),
    };
  });
  const series = acquisitionAttributes.map((attribute): Missingness => {
    const missing = release.acquisition[attribute].missing.series;
    const known = seenIn(valuesOf(release, attribute).map((each) => each.series));
    return {
      attribute,
      title: acquisitionTitles[attribute],
      unit: 'series',
      missing,
      share: missingShare(missing, known),
    };
  });
  return [...people, ...series];
}
