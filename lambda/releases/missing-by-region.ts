import type { SetsToPublish } from '../../statistics/disclosure/publish-sets';
import type { ReleaseSets } from './release-sets';

/** Attributes of which it is told how often they are not known, by the region of the trust that sent the images. */
export const missingByRegionAttributes = ['age_band', 'sex', 'ethnic_category', 'region'] as const;

export type MissingByRegionAttribute = (typeof missingByRegionAttributes)[number];

export const nameOfMissing = (attribute: MissingByRegionAttribute): string =>
  `${attribute} not known, by region of the trust`;

/** Of each attribute the people of whom it is not known, by the region of the trust. */
export function missingByRegionTables(
  sets: ReleaseSets,
): (SetsToPublish & { readonly name: string; readonly values: readonly string[] })[] {
  const of = (attribute: string, value: string | null) => sets.of('development', attribute, value);
  const regions = sets
    .values('trust_region')
    .flatMap((region) => (region === null ? [] : [region]))
    .sort();
  return missingByRegionAttributes.map((attribute) => ({
    name: nameOfMissing(attribute),
    as: 'values',
    values: regions,
    sets: regions.map((region) => of('trust_region', region).intersection(of(attribute, null))),
  }));
}
