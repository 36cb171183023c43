import type { regionCodes } from '../demographics/table-columns.contract';

/** Codes of demographic groups, as a release counts them, with the words for them. */

/** Person stated gender code of the NHS Data Dictionary, as far as it says something. */
export const sexGroups = ['1', '2', '9'] as const;

/** Ethnic category code 2001 of the NHS Data Dictionary without `Z` and `99`, which are missing values. */
export const ethnicGroups = [
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G',
  'H',
  'J',
  'K',
  'L',
  'M',
  'N',
  'P',
  'R',
  'S',
] as const;

/** Tenths of the Index of Multiple Deprivation; 1 is the most deprived. */
export const imdGroups = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] as const;

export const sexLabels: Readonly<Record<(typeof sexGroups)[number], string>> = {
  '1': 'male',
  '2': 'female',
  '9': 'not specified',
};

/** As the HDR UK schema 3.0.0 spells them. Chinese stands under Other, as in the 2001 list. */
export const ethnicLabels: Readonly<Record<(typeof ethnicGroups)[number], string>> = {
  A: 'White - British',
  B: 'White - Irish',
  C: 'White - Any other White background',
  D: 'Mixed - White and Black Caribbean',
  E: 'Mixed - White and Black African',
  F: 'Mixed - White and Asian',
  G: 'Mixed - Any other mixed background',
  H: 'Asian or Asian British - Indian',
  J: 'Asian or Asian British - Pakistani',
  K: 'Asian or Asian British - Bangladeshi',
  L: 'Asian or Asian British - Any other Asian background',
  M: 'Black or Black British - Caribbean',
  N: 'Black or Black British - African',
  P: 'Black or Black British - Any other Black background',
  R: 'Other Ethnic Groups - Chinese',
  S: 'Other Ethnic Groups - Any other ethnic group',
};

export const regionLabels: Readonly<Record<(typeof regionCodes)[number], string>> = {
  E12000001: 'North East',
  E12000002: 'North West',
  E12000003: 'Yorkshire and The Humber',
  E12000004: 'East Midlands',
  E12000005: 'West Midlands',
  E12000006: 'East of England',
  E12000007: 'London',
  E12000008: 'South East',
  E12000009: 'South West',
};

/** Attributes of people that a release counts, in the order of its documents. */
export const personAttributes = [
  'ageBand',
  'sex',
  'ethnicCategory',
  'region',
  'imdDecile',
  'trustRegion',
] as const;

export type PersonAttribute = (typeof personAttributes)[number];

export const personAttributeTitles: Readonly<Record<PersonAttribute, string>> = {
  ageBand: 'age',
  sex: 'sex',
  ethnicCategory: 'ethnic category',
  region: 'region of residence',
  imdDecile: 'deprivation (IMD decile)',
  trustRegion: 'region of the trust',
};

const ageLabel = (band: string): string => `aged ${band.replace('-', ' to ').replace('+', ' and over')}`;

/** The words for a group; the code itself where there are none. */
export function groupLabel(attribute: PersonAttribute, group: string): string {
  const labels: Readonly<Record<PersonAttribute, (code: string) => string | undefined>> = {
    ageBand: ageLabel,
    sex: (code) => (sexLabels as Readonly<Record<string, string>>)[code],
    ethnicCategory: (code) => (ethnicLabels as Readonly<Record<string, string>>)[code],
    region: (code) => (regionLabels as Readonly<Record<string, string>>)[code],
    trustRegion: (code) => (regionLabels as Readonly<Record<string, string>>)[code],
    imdDecile: (code) =>
      code === '1' ? '1 (most deprived)' : code === '10' ? '10 (least deprived)' : undefined,
  };
  return labels[attribute](group) ?? group;
}
