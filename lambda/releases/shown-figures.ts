import type * as z from 'zod';
import { publishCount } from '../../statistics/disclosure/published-count';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import type { AcquisitionRow, PersonColumn, totalsRow, YearsRow } from '../lake/sql/release-figures';
import { fieldStrengthBands, kvpBands } from './acquisition-bands.contract';
import type { PeopleShown } from './people-shown';
import { personGroups } from './person-groups';
import type { Acquisition, Demographics, Totals } from './release-figures.contract';

/** From what may be shown of people, and true counts of what is theirs, to figures. */

/** Values of an attribute of acquisition that are listed, at most; the contract takes 500. */
const mostValues = 500;

/** Longest words out of an image header that are shown. */
const longestValue = 64;

type TotalsRow = z.infer<typeof totalsRow>;

/**
 * What may be shown of a collection. Where its people are too few, nothing of it is shown: a study, a series and an image
 * too are of somebody.
 */
export function shownTotals(
  people: ShownCount,
  itemsOf: (items: number) => ShownCount,
  { studies, series, instances }: Pick<TotalsRow, 'studies' | 'series' | 'instances'>,
): Totals {
  return { people, studies: itemsOf(studies), series: itemsOf(series), instances: itemsOf(instances) };
}

/** The first year, of years in order, by which there are so many people that they may be shown. */
function yearOfCrowd(
  years: readonly { readonly year: number; readonly people: number }[],
): number | undefined {
  let people = 0;
  return years.find((each) => {
    people += each.people;
    return publishCount(people).kind === 'shown';
  })?.year;
}

/**
 * From when to when the studies are. The very first is of one person, so either end is where a crowd begins; the year of the
 * release where there is none.
 */
export function shownYears(
  rows: readonly YearsRow[],
  ofRelease: number,
): { readonly first: number; readonly last: number } {
  const first = rows.map(({ first_year: year, people }) => ({ year, people }));
  const last = rows.map(({ last_year: year, people }) => ({ year, people }));
  const ends = [
    yearOfCrowd(first.sort((one, other) => one.year - other.year)) ?? ofRelease,
    yearOfCrowd(last.sort((one, other) => other.year - one.year)) ?? ofRelease,
  ];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}

/**
 * The length of all images as it may be shown, to two digits: known to the byte it would tell which one has come or gone. None
 * where their people are not shown.
 */
export const roundedBytes = (bytes: ShownCount): number =>
  bytes.kind === 'shown' ? Number(bytes.value.toPrecision(2)) : 0;

export function shownDemographics(people: Pick<PeopleShown, 'of'>): Demographics {
  const breakdown = (attribute: PersonColumn) => ({
    people: Object.fromEntries(
      personGroups[attribute].map((group) => [group, people.of(attribute, group)] as const),
    ),
    missing: people.of(attribute, null),
  });
  return Object.fromEntries(
    (Object.keys(personGroups) as PersonColumn[]).map((attribute) => [attribute, breakdown(attribute)]),
  ) as Demographics;
}

interface Counted {
  readonly people: ShownCount;
  readonly series: ShownCount;
}

/** Decides what is shown of a value of an attribute: its people, and their series. */
type CountedBy = (value: string | null, row: Pick<AcquisitionRow, 'series'> | undefined) => Counted;

/** Words of headers as one short line; what cannot be one is left out with the values that are too rare. */
function plainValue(value: string): string | null {
  const line = value.replace(/\p{Cc}/gu, ' ').trim();
  return line === '' || line.length > longestValue ? null : line;
}

/**
 * Values that enough people share, most series first as these are shown: the order of the true counts would tell more. A rare
 * value is a device or a word that may point to one place, so it is not shown at all, not even as suppressed.
 */
function byValue(rows: readonly AcquisitionRow[], counted: CountedBy) {
  const order = ({ series }: Counted): number => (series.kind === 'shown' ? series.value : 0);
  const values = rows
    .flatMap((row) => {
      const value = row.value === null ? null : plainValue(row.value);
      const counts = counted(row.value, row);
      return value === null || counts.people.kind === 'suppressed' ? [] : [{ value, ...counts }];
    })
    .sort((left, right) => order(right) - order(left) || (left.value < right.value ? -1 : 1))
    .filter((each, at, all) => all.findIndex(({ value }) => value === each.value) === at)
    .slice(0, mostValues);
  return {
    values,
    missing: counted(
      null,
      rows.find(({ value }) => value === null),
    ),
  };
}

export function shownAcquisition(
  rows: readonly AcquisitionRow[],
  people: Pick<PeopleShown, 'of' | 'itemsOf'>,
): Acquisition {
  const of = (attribute: AcquisitionRow['attribute']) => rows.filter((row) => row.attribute === attribute);
  const countedBy =
    (attribute: AcquisitionRow['attribute']): CountedBy =>
    (value, row) => ({
      people: people.of(attribute, value),
      series: people.itemsOf(attribute, value, row?.series ?? 0),
    });
  const valuesOf = (attribute: AcquisitionRow['attribute']) => byValue(of(attribute), countedBy(attribute));
  const single = (attribute: AcquisitionRow['attribute'], value: string | null) =>
    countedBy(attribute)(
      value,
      of(attribute).find((row) => row.value === value),
    );
  const byBand = (attribute: 'field_strength' | 'kvp', bands: readonly { readonly label: string }[]) => ({
    bands: Object.fromEntries(bands.map(({ label }) => [label, single(attribute, label)] as const)),
    missing: single(attribute, null),
  });
  return {
    modality: valuesOf('modality'),
    body_part: valuesOf('body_part'),
    manufacturer: valuesOf('manufacturer'),
    field_strength: byBand('field_strength', fieldStrengthBands) as Acquisition['field_strength'],
    kvp: byBand('kvp', kvpBands) as Acquisition['kvp'],
    contrast: {
      used: single('contrast', 'true'),
      notUsed: single('contrast', 'false'),
      missing: single('contrast', null),
    },
  };
}
