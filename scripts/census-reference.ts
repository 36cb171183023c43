import * as z from 'zod';
import { attributes } from '../statistics/references/attributes';
import { categoriesOfGroup, censusGroupsOfCategory } from '../statistics/references/ethnic-groups';
import type { Reference } from '../statistics/references/reference.contract';

const people = z.number().int().min(0);

/** Counts of the census for England. */
const censusCounts = z.object({
  sex: z.strictObject({ female: people, male: people }),
  age_single_year: z.record(z.string().regex(/^\d{1,3}$/), people),
  region: z.record(z.string(), people),
  ethnicity_19: z.record(z.string(), people),
});

/** Regions that the census calls by a shorter name. */
const censusRegionNames: Readonly<Record<string, string>> = { 'East of England': 'East' };

/** @throws Error where the census has no such name */
function countOf(counts: Readonly<Record<string, number>>, name: string): number {
  const count = counts[name];
  if (count === undefined) throw new Error(`the census has no count of ${name}`);
  return count;
}

function sumBy<T extends string>(
  members: Readonly<Record<T, readonly string[]>>,
  counts: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries<readonly string[]>(members).map(([name, names]) => [
      name,
      names.reduce((sum, each) => sum + countOf(counts, each), 0),
    ]),
  );
}

/** Years of age of a band: `90+` goes to 100, which holds all above. */
function yearsOf(band: string): string[] {
  const first = Number.parseInt(band, 10);
  const last = band.endsWith('+') ? 100 : first + 9;
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

/** England's census of 2021 as a reference, in the groups of the catalogue. */
export function censusReference(content: unknown): Reference {
  const census = censusCounts.parse(content);
  const categories = sumBy(censusGroupsOfCategory, census.ethnicity_19);
  const bands = Object.keys(attributes.age_band.groups);
  return {
    id: 'england-census-2021',
    label: 'England, Census 2021',
    source:
      'Office for National Statistics, Census 2021 (21 March 2021), usual residents of England: tables TS007 (age, ' +
      'region), TS008 (sex) and TS021 (ethnic group)',
    date: '2021-03-21',
    licence: 'Open Government Licence v3.0',
    note:
      'Totals differ by up to 20 people from one table to another and from the published 56,490,048, since the Office ' +
      'perturbs small cells. Gypsy or Irish Traveller and Roma stand under any other White background (C), Arab under ' +
      'any other ethnic group (S). Chinese (R) stands under Asian, as in the census of 2021; the list of 2001 has it ' +
      'under Other.',
    attributes: {
      age_band: sumBy(Object.fromEntries(bands.map((band) => [band, yearsOf(band)])), census.age_single_year),
      sex: { '1': census.sex.male, '2': census.sex.female },
      ethnic_group: sumBy(categoriesOfGroup, categories),
      ethnic_category: categories,
      region: Object.fromEntries(
        Object.entries(attributes.region.groups).map(([code, name]) => [
          code,
          countOf(census.region, censusRegionNames[name] ?? name),
        ]),
      ),
    },
  };
}
