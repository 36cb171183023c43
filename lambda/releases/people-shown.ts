import { publishedCounts } from '../../statistics/disclosure/count-rule';
import type { PatientSet } from '../../statistics/disclosure/patient-set';
import { protectOverlapping, protectTables } from '../../statistics/disclosure/protect-table';
import { type SetsToPublish, setsToPublish } from '../../statistics/disclosure/publish-sets';
import { publishCount, publishItems } from '../../statistics/disclosure/published-count';
import type { ShownCount } from '../../statistics/disclosure/shown-count.contract';
import { ageBands, knownEthnicCategories } from '../demographics/table-columns.contract';
import { balancedAttributes } from '../splits/split-balance';
import { type CollectionAttribute, collectionTables, nameOfTable } from './collections-shown';
import { type MissingByRegionAttribute, missingByRegionTables, nameOfMissing } from './missing-by-region';
import { personGroups } from './person-groups';
import type { ReleaseSets } from './release-sets';

/** What the documents of a release show of its people, and all that they tell by it. */
export interface PeopleShown {
  /** Of the development split, which researchers may be granted. */
  readonly whole: ShownCount;
  /** People of the development split with a value of an attribute (a collection's id, of `collection`), null: not known. */
  of(attribute: string, value: string | null): ShownCount;
  /** Of those whose age, sex and ethnic category are known. */
  readonly standardised: {
    ethnicity(category: string): ShownCount;
    ageAndSex(ageBand: string, sex: string): ShownCount;
  };
  /** People of a collection by a group of an attribute; suppressed throughout where no other has people enough to be shown. */
  inCollection(collection: string, attribute: CollectionAttribute, group: string | null): ShownCount;
  /** Studies, series or images of the people of `whole`, as coarse as their count; suppressed where it is. */
  itemsOfWhole(items: number): ShownCount;
  /** The same of the people of `of`. */
  itemsOf(attribute: string, value: string | null, items: number): ShownCount;
  /** The same of `inCollection`. */
  itemsInCollection(
    collection: string,
    attribute: CollectionAttribute,
    group: string | null,
    items: number,
  ): ShownCount;
  /** People of a region's trusts of whom an attribute is not known; suppressed where the region's people are. */
  notKnownIn(region: string, attribute: MissingByRegionAttribute): ShownCount;
  /** Whether the balance of the split over an attribute may be shown. */
  balanced(attribute: string): boolean;
  /** Every set whose count is shown, or follows from what is. */
  readonly told: readonly PatientSet[];
}

/** Attributes of which everybody has one value, or is among those of whom it is not known. */
const partitions = ['age_band', 'sex', 'ethnic_category', 'region', 'imd_decile'] as const;

/** Attributes of which a patient may have several values. */
const overlapping = ['collection', 'trust_region', 'modality', 'contrast', 'manufacturer', 'body_part'];

/** The same, of some modalities only: they do not add up to everybody. */
const partial = ['field_strength', 'kvp'];

const suppressed: ShownCount = { kind: 'suppressed' };

interface NamedTable extends SetsToPublish {
  readonly name: string;
  /** Whether its groups have everybody together, so that the total tells of them; else each is counted for itself. */
  readonly addsUp: boolean;
  /** Of whose people it is; of all where not said. */
  readonly collection?: string;
  /** A value for each set. */
  readonly values: readonly (string | null)[];
}

const ageAndSex = (ageBand: string, sex: string): string => `${ageBand}/${sex}`;

/** Tables of those of whom all three are known: by ethnic category, and by age and sex. */
function standardisedTable(sets: ReleaseSets): NamedTable {
  const of = (attribute: string, value: string | null) => sets.of('development', attribute, value);
  const known = of('sex', '1')
    .union(of('sex', '2'))
    .intersection(of('age_band', null).union(of('ethnic_category', null)).complement());
  const byAgeAndSex = ageBands.flatMap((age) =>
    ['1', '2'].map((sex) => ({
      value: ageAndSex(age, sex),
      set: known.intersection(of('age_band', age)).intersection(of('sex', sex)),
    })),
  );
  const byCategory = knownEthnicCategories.map((value) => ({
    value,
    set: known.intersection(of('ethnic_category', value)),
  }));
  const all = [...byCategory, ...byAgeAndSex];
  return {
    name: 'standardised',
    as: 'table',
    addsUp: false,
    values: all.map(({ value }) => value),
    sets: all.map(({ set }) => set),
  };
}

/**
 * The held-out people of each group, and all of them: what the report on the balance shows shares of. Those of the development
 * split as well: a stratum is shown only where they too are eight or more.
 */
function balanceTable(sets: ReleaseSets, attribute: string): NamedTable {
  const strata = sets.values(attribute).map((value) => {
    const development = sets.of('development', attribute, value);
    const heldOut = sets.of('held-out', attribute, value);
    return { value, sets: [heldOut, heldOut.union(development), development] };
  });
  return {
    name: `balance by ${attribute}`,
    as: 'table',
    addsUp: true,
    values: strata.flatMap(({ value, sets: each }) => each.map(() => value)),
    sets: strata.flatMap(({ sets: each }) => each),
  };
}

/** Tables in the order in which they are decided: what comes first is least likely to be left out. */
function tablesOf(sets: ReleaseSets, balance: boolean): NamedTable[] {
  const of = (
    attribute: string,
    values: readonly (string | null)[],
    as: SetsToPublish['as'],
    addsUp = true,
  ): NamedTable => ({
    name: attribute,
    as,
    addsUp,
    values,
    sets: values.map((value) => sets.of('development', attribute, value)),
  });
  const mostPeopleFirst = (attribute: string) => {
    const size = (value: string | null) => sets.of('development', attribute, value).size;
    return sets.values(attribute).sort((one, other) => size(other) - size(one));
  };
  for (const attribute of partitions) {
    const groups: readonly (string | null)[] = [...personGroups[attribute], null];
    if (!sets.values(attribute).every((value) => groups.includes(value)))
      throw new Error(`the lake holds an unknown group of ${attribute}`);
  }
  const [heldOut, development] = [sets.whole('held-out'), sets.whole('development')];
  return [
    // its count stands in the public commitment already
    {
      name: 'held-out',
      as: 'table',
      addsUp: true,
      values: [null],
      sets: heldOut.size === 0 ? [] : [heldOut],
    },
    { name: 'development', as: 'table', addsUp: true, values: [null], sets: [development] },
    ...partitions.map((attribute) => of(attribute, [...personGroups[attribute], null], 'table')),
    ...overlapping.map((attribute) => of(attribute, mostPeopleFirst(attribute), 'values')),
    ...partial.map((attribute) => of(attribute, mostPeopleFirst(attribute), 'values', false)),
    standardisedTable(sets),
    ...(balance ? balancedAttributes.map((attribute) => balanceTable(sets, attribute)) : []),
    ...missingByRegionTables(sets).map((table) => ({ ...table, addsUp: false })),
    ...collectionTables(sets).map((table) => ({ ...table, addsUp: true })),
  ];
}

/** Tables by attributes of which everybody of a set has one value, as they may be shown beside each other. */
function protectPartitions(
  total: number,
  tables: readonly NamedTable[],
): { readonly table: NamedTable; readonly counts: readonly ShownCount[] }[] {
  const sizes = (table: NamedTable) => table.sets.map(({ size }) => size);
  const exclusive = tables.filter((table) => sizes(table).reduce((sum, size) => sum + size, 0) === total);
  return protectTables(total, exclusive.map(sizes), publishedCounts).flatMap(({ groups }, at) => {
    const table = exclusive[at];
    return table === undefined ? [] : [{ table, counts: groups }];
  });
}

/** Counts of a table as they may be shown, where all of it is. */
function protectedCounts({ addsUp, sets }: NamedTable, total: number): readonly ShownCount[] {
  const counts = sets.map(({ size }) => size);
  return addsUp ? protectOverlapping(total, counts, publishedCounts) : counts.map(publishCount);
}

/**
 * Decides what the documents of a release show of its people: whole tables, or values of a list, while everybody stands in a
 * crowd; then the rule for tables, so that no suppressed group follows from the total.
 * @param balance whether the documents have a report on the balance of the split
 */
export function peopleShown(sets: ReleaseSets, balance: boolean): PeopleShown {
  const tables = tablesOf(sets, balance);
  const { shown, told } = setsToPublish(sets.patients, tables);
  const isShown = (name: string) =>
    shown[tables.findIndex((table) => table.name === name)]?.every((each) => each) ?? false;
  const total = sets.whole('development').size;
  const counts = new Map<string, ReadonlyMap<string | null, ShownCount>>();
  const keep = (name: string, values: readonly (string | null)[], of: readonly ShownCount[]) =>
    counts.set(name, new Map(values.map((value, at) => [value, of[at] ?? suppressed])));

  const keepShown = (table: NamedTable, ruled: readonly ShownCount[]) => {
    const told = shown[tables.indexOf(table)];
    keep(
      table.name,
      table.values,
      ruled.map((count, at) => (told?.[at] === true ? count : suppressed)),
    );
  };

  for (const table of tables)
    if (table.collection === undefined) keepShown(table, protectedCounts(table, total));
  const whole = isShown('development') ? publishCount(total) : suppressed;
  const wholeTables = tables.filter(
    ({ name }) => partitions.some((attribute) => attribute === name) && isShown(name),
  );
  for (const { table, counts: shownCounts } of protectPartitions(total, wholeTables))
    keep(table.name, table.values, shownCounts);
  const of = (name: string, value: string | null): ShownCount => counts.get(name)?.get(value) ?? suppressed;
  for (const collection of new Set(tables.flatMap((table) => table.collection ?? []))) {
    if (of('collection', collection).kind === 'suppressed') continue;
    const own = tables.filter((table) => table.collection === collection);
    const people = sets.of('development', 'collection', collection).size;
    for (const { table, counts: ruled } of protectPartitions(people, own)) keepShown(table, ruled);
  }
  const sizes = new Map(
    tables.map(({ name, values, sets: groups }) => [
      name,
      new Map(values.map((value, at) => [value, groups[at]?.size ?? 0])),
    ]),
  );
  const itemsOf = (name: string, value: string | null, items: number): ShownCount =>
    of(name, value).kind === 'shown' ? publishItems(items, sizes.get(name)?.get(value) ?? 0) : suppressed;
  return {
    whole,
    of,
    itemsOfWhole: (items) => (whole.kind === 'shown' ? publishItems(items, total) : suppressed),
    itemsOf,
    itemsInCollection: (collection, attribute, group, items) =>
      itemsOf(nameOfTable(collection, attribute), group, items),
    inCollection: (collection, attribute, group) => of(nameOfTable(collection, attribute), group),
    notKnownIn: (region, attribute) =>
      of('trust_region', region).kind === 'shown' ? of(nameOfMissing(attribute), region) : suppressed,
    standardised: {
      ethnicity: (category) => of('standardised', category),
      ageAndSex: (ageBand, sex) => of('standardised', ageAndSex(ageBand, sex)),
    },
    balanced: (attribute) => isShown(`balance by ${attribute}`),
    told,
  };
}
