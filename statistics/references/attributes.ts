/** Attributes of people that are compared with a population, with their groups under the codes of the catalogue. */

interface AttributeWords {
  readonly label: string;
  /** Codes with their names, in the order in which they are shown. */
  readonly groups: Readonly<Record<string, string>>;
  /** Codes by which a person is known and of which censuses count nobody: shown, and compared with nothing. */
  readonly uncounted?: Readonly<Record<string, string>>;
  /** Codes by which nothing is known, besides those of `missingCodes`. */
  readonly missing?: Readonly<Record<string, string>>;
}

/**
 * Codes by which nothing is known, of every attribute. They have rows of their own, and nobody in them is ever put into
 * a group.
 */
export const missingCodes: ReadonlyMap<string, string> = new Map([
  ['Z', 'Not stated'],
  ['99', 'Not known'],
  ['', 'Not recorded'],
]);

const ageBands = [
  '0-9',
  '10-19',
  '20-29',
  '30-39',
  '40-49',
  '50-59',
  '60-69',
  '70-79',
  '80-89',
  '90+',
] as const;

const named = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, name]));

export const attributes = {
  age_band: { label: 'Age', groups: named(ageBands) },
  /** Person stated gender code of the NHS Data Dictionary. */
  sex: {
    label: 'Sex',
    groups: { '1': 'Male', '2': 'Female' },
    uncounted: { '9': 'Not specified' },
    missing: { '0': 'Not known' },
  },
  /** The headings of Census 2021, with Chinese under Asian. */
  ethnic_group: {
    label: 'Ethnic group, five groups',
    groups: named(['Asian', 'Black', 'Mixed', 'White', 'Other']),
  },
  /** Ethnic category code 2001 of the NHS Data Dictionary. */
  ethnic_category: {
    label: 'Ethnic category, 16 categories',
    groups: {
      A: 'White British',
      B: 'White Irish',
      C: 'Any other White background',
      D: 'White and Black Caribbean',
      E: 'White and Black African',
      F: 'White and Asian',
      G: 'Any other Mixed background',
      H: 'Indian',
      J: 'Pakistani',
      K: 'Bangladeshi',
      L: 'Any other Asian background',
      M: 'Caribbean',
      N: 'African',
      P: 'Any other Black background',
      R: 'Chinese',
      S: 'Any other ethnic group',
    },
  },
  /** ONS codes of the regions of England. */
  region: {
    label: 'Region',
    groups: {
      E12000001: 'North East',
      E12000002: 'North West',
      E12000003: 'Yorkshire and The Humber',
      E12000004: 'East Midlands',
      E12000005: 'West Midlands',
      E12000006: 'East of England',
      E12000007: 'London',
      E12000008: 'South East',
      E12000009: 'South West',
    },
  },
  /** Index of Multiple Deprivation: 1 is the most deprived tenth. */
  imd_decile: {
    label: 'Deprivation of the place of living, in tenths',
    groups: {
      '1': '1, most deprived',
      ...named(['2', '3', '4', '5', '6', '7', '8', '9']),
      '10': '10, least deprived',
    },
  },
} as const satisfies Readonly<Record<string, AttributeWords>>;

export type AttributeName = keyof typeof attributes;

const wordsOf = (attribute: string): AttributeWords | undefined =>
  Object.hasOwn(attributes, attribute) ? attributes[attribute as AttributeName] : undefined;

/** Attributes that the catalogue has, in the order in which they are shown. */
export const catalogueAttributes: readonly string[] = Object.keys(attributes);

/** The name of an attribute for people; one that only a reference has is called as it is there. */
export const attributeLabel = (attribute: string): string => wordsOf(attribute)?.label ?? attribute;

/** The name of a group for people; where it has none, its code. */
export function groupLabel(attribute: string, group: string): string {
  const words = wordsOf(attribute);
  for (const names of [words?.groups, words?.uncounted, words?.missing])
    if (names !== undefined && Object.hasOwn(names, group)) return names[group] ?? group;
  return missingCodes.get(group) ?? group;
}

/** Whether a code says that nothing is known of the person. */
export const isMissing = (attribute: string, group: string): boolean =>
  missingCodes.has(group) || Object.hasOwn(wordsOf(attribute)?.missing ?? {}, group);

/** Whether a code is one of a known person of which censuses count nobody. */
export const isUncounted = (attribute: string, group: string): boolean =>
  Object.hasOwn(wordsOf(attribute)?.uncounted ?? {}, group);

/** Codes of an attribute in the order in which they are shown, missing ones last; empty for an unknown attribute. */
export function codesInOrder(attribute: string): string[] {
  const words = wordsOf(attribute);
  const own = [words?.groups, words?.uncounted, words?.missing].flatMap((names) => Object.keys(names ?? {}));
  return [...own, ...missingCodes.keys()];
}
