import type * as z from 'zod';
import { protectCount } from '../../statistics/disclosure/protect-count';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { ageBands, knownEthnicCategories, regionCodes } from '../demographics/table-columns.contract';
import type { AcquisitionRow, PeopleRow, PersonColumn, totalsRow } from '../lake/sql/release-figures';
import { fieldStrengthBands, kvpBands } from './acquisition-bands.contract';
import { imdGroups, sexGroups } from './group-labels.contract';
import type { Acquisition, Demographics, Totals } from './release-figures.contract';

/** From true counts to what is shown of them. */

/** Values of an attribute of acquisition that are listed, at most; the contract takes 500. */
const mostValues = 500;

/** Longest words out of an image header that are shown. */
const longestValue = 64;

type TotalsRow = z.infer<typeof totalsRow>;

/**
 * What may be shown of a collection. Where its people are too few, nothing of it is shown: a study, a series and an image
 * too are of somebody.
 */
export function shownTotals({ people, studies, series, instances }: TotalsRow): Totals {
  const shownPeople = protectCount(people);
  const shown = (count: number): ShownCount =>
    shownPeople.kind === 'suppressed' ? shownPeople : protectCount(count);
  return {
    people: shownPeople,
    studies: shown(studies),
    series: shown(series),
    instances: shown(instances),
  };
}

const groupsOfColumn = {
  age_band: ageBands,
  sex: sexGroups,
  ethnic_category: knownEthnicCategories,
  region: regionCodes,
  imd_decile: imdGroups,
  trust_region: regionCodes,
} as const satisfies Readonly<Record<PersonColumn, readonly string[]>>;

/** The true number of people and images of each group of an attribute, those without any included; null: not known. */
export function countsOfColumn(
  rows: readonly PeopleRow[],
  attribute: PersonColumn,
): ReadonlyMap<string | null, { readonly people: number; readonly images: number }> {
  const groups: readonly string[] = groupsOfColumn[attribute];
  const none = { people: 0, images: 0 };
  const counts = new Map<string | null, { people: number; images: number }>(
    [...groups, null].map((group) => [group, none]),
  );
  for (const { attribute: of, value, people, images } of rows) {
    if (of !== attribute) continue;
    if (!counts.has(value)) throw new Error(`the lake holds an unknown group of ${attribute}`);
    counts.set(value, { people, images });
  }
  return counts;
}

export function shownDemographics(rows: readonly PeopleRow[]): Demographics {
  const breakdown = (attribute: PersonColumn) => {
    const counts = countsOfColumn(rows, attribute);
    const people = Object.fromEntries(
      groupsOfColumn[attribute].map((group) => [group, protectCount(counts.get(group)?.people ?? 0)]),
    );
    return { people, missing: protectCount(counts.get(null)?.people ?? 0) };
  };
  return Object.fromEntries(
    (Object.keys(groupsOfColumn) as PersonColumn[]).map((attribute) => [attribute, breakdown(attribute)]),
  ) as Demographics;
}

interface Counted {
  readonly people: ShownCount;
  readonly series: ShownCount;
}

/** Series of people who are too few to be shown are not shown either. */
function counted(row: Pick<AcquisitionRow, 'people' | 'series'> | undefined): Counted {
  const people = protectCount(row?.people ?? 0);
  return { people, series: people.kind === 'suppressed' ? people : protectCount(row?.series ?? 0) };
}

/** Words of headers as one short line; what cannot be one is left out with the values that are too rare. */
function plainValue(value: string): string | null {
  const line = value.replace(/\p{Cc}/gu, ' ').trim();
  return line === '' || line.length > longestValue ? null : line;
}

/**
 * Values that enough people share, most series first. A rare value is a device or a word that may point to one place, so it
 * is not shown at all, not even as suppressed.
 */
function byValue(rows: readonly AcquisitionRow[]) {
  const values = rows
    .flatMap((row) => {
      const value = row.value === null ? null : plainValue(row.value);
      const counts = counted(row);
      return value === null || counts.people.kind === 'suppressed'
        ? []
        : [{ value, ...counts, order: row.series }];
    })
    .sort((left, right) => right.order - left.order || (left.value < right.value ? -1 : 1))
    .filter((each, at, all) => all.findIndex(({ value }) => value === each.value) === at)
    .slice(0, mostValues)
    .map(({ order: _, ...each }) => each);
  return { values, missing: counted(rows.find(({ value }) => value === null)) };
}

export function shownAcquisition(rows: readonly AcquisitionRow[]): Acquisition {
  const of = (attribute: AcquisitionRow['attribute']) => rows.filter((row) => row.attribute === attribute);
  const byBand = (attribute: 'field_strength' | 'kvp', bands: readonly { readonly label: string }[]) => {
    const found = of(attribute);
    return {
      bands: Object.fromEntries(
        bands.map(({ label }) => [label, counted(found.find(({ value }) => value === label))]),
      ),
      missing: counted(found.find(({ value }) => value === null)),
    };
  };
  const contrast = of('contrast');
  const stated = (text: string | null) => counted(contrast.find(({ value }) => value === text));
  return {
    modality: byValue(of('modality')),
    body_part: byValue(of('body_part')),
    manufacturer: byValue(of('manufacturer')),
    field_strength: byBand('field_strength', fieldStrengthBands) as Acquisition['field_strength'],
    kvp: byBand('kvp', kvpBands) as Acquisition['kvp'],
    contrast: { used: stated('true'), notUsed: stated('false'), missing: stated(null) },
  };
}
