import { PatientSet } from '../../statistics/disclosure/patient-set';
import type { SetsToPublish } from '../../statistics/disclosure/publish-sets';
import { leastShown } from '../../statistics/disclosure/shown-count.contract';
import { categoriesOfGroup } from '../../statistics/references/ethnic-groups';
import { personGroups } from './person-groups';
import type { ReleaseSets } from './release-sets';

/**
 * By what people of one collection are counted. Few groups: each of them takes from what may be told of the release later, once for each
 * collection.
 */
export const collectionAttributes = ['age_band', 'sex', 'ethnic_group', 'region'] as const;

export type CollectionAttribute = (typeof collectionAttributes)[number];

/** Groups of an attribute, null of those of whom it is not known. */
export const groupsOfCollections = {
  age_band: [...personGroups.age_band, null],
  sex: [...personGroups.sex, null],
  ethnic_group: [...(Object.keys(categoriesOfGroup) as (keyof typeof categoriesOfGroup)[]), null],
  region: [...personGroups.region, null],
} as const satisfies Readonly<Record<CollectionAttribute, readonly (string | null)[]>>;

/** Values of the catalogue that stand under a group of an attribute. */
export function valuesOfGroup(attribute: CollectionAttribute, group: string | null) {
  if (attribute !== 'ethnic_group') return { column: attribute, values: [group] } as const;
  const categories: readonly string[] | undefined =
    group === null ? undefined : categoriesOfGroup[group as keyof typeof categoriesOfGroup];
  return { column: 'ethnic_category', values: categories ?? [null] } as const;
}

/** People of one collection by an attribute: everybody of it has one value, or is among those of whom it is not known. */
export interface CollectionTable extends SetsToPublish {
  readonly name: string;
  readonly collection: string;
  readonly values: readonly (string | null)[];
}

export const nameOfTable = (collection: string, attribute: CollectionAttribute): string =>
  `${attribute} of collection ${collection}`;

/**
 * Tables of each collection that has people enough to be shown. Of a release that has one such collection there are none: they
 * would be those of the release, but for a few people. That another has nobody or a few makes no difference, and so does not show.
 */
export function collectionTables(sets: ReleaseSets): CollectionTable[] {
  const nobody = PatientSet.of(sets.patients, []);
  const of = (attribute: string, value: string | null) => sets.of('development', attribute, value);
  const collections = sets
    .values('collection')
    .flatMap((id) => (id === null || of('collection', id).size < leastShown ? [] : [id]))
    .sort();
  if (collections.length < 2) return [];
  return collections.flatMap((collection) => {
    const all = of('collection', collection);
    return collectionAttributes.map((attribute): CollectionTable => {
      const groups = groupsOfCollections[attribute];
      return {
        name: nameOfTable(collection, attribute),
        collection,
        as: 'values',
        values: groups,
        sets: groups.map((group) => {
          const { column, values } = valuesOfGroup(attribute, group);
          const people = values.reduce((found, value) => found.union(of(column, value)), nobody);
          return all.intersection(people);
        }),
      };
    });
  });
}
