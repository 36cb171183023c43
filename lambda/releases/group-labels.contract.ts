import { groupLabel as wordsFor } from '../../statistics/references/attributes';
import type { knownEthnicCategories } from '../demographics/table-columns.contract';

/** Codes of demographic groups, as a release counts them, with the words for them. */

/** Person stated gender code of the NHS Data Dictionary, as far as it says something. */
export const sexGroups = ['1', '2', '9'] as const;

/** Tenths of the Index of Multiple Deprivation; 1 is the most deprived. */
export const imdGroups = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] as const;

/** As the HDR UK schema 3.0.0 spells them. Chinese stands under Other, as in the 2001 list. */
export const ethnicLabels: Readonly<Record<(typeof knownEthnicCategories)[number], string>> = {
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

/** Attributes of people that a release counts, in the order of its documents. */
export const personAttributes = [
  'age_band',
  'sex',
  'ethnic_category',
  'region',
  'imd_decile',
  'trust_region',
] as const;

export type PersonAttribute = (typeof personAttributes)[number];

export const personAttributeTitles: Readonly<Record<PersonAttribute, string>> = {
  age_band: 'age',
  sex: 'sex',
  ethnic_category: 'ethnic category',
  region: 'region of residence',
  imd_decile: 'deprivation of the place of living (tenths)',
  trust_region: 'region of the trust',
};

/** The words for a group, as they stand in a table under the attribute; the code itself where there are none. */
export function groupLabel(attribute: string, group: string): string {
  if (attribute === 'ethnic_category')
    return (ethnicLabels as Readonly<Record<string, string>>)[group]?.replace(' - ', ': ') ?? group;
  return wordsFor(attribute === 'trust_region' ? 'region' : attribute, group);
}

/** The words for a group, as they stand in a sentence. */
export function groupPhrase(attribute: string, group: string): string {
  const label = groupLabel(attribute, group);
  switch (attribute) {
    case 'age_band':
      return `people aged ${label.replace('-', ' to ').replace('+', ' and over')}`;
    case 'sex':
      return `people of sex “${label.toLowerCase()}”`;
    case 'region':
      return `people who live in ${label}`;
    case 'trust_region':
      return `people imaged in ${label}`;
    case 'imd_decile':
      return `people in deprivation tenth ${label}`;
    default:
      return `people of ethnic category “${label}”`;
  }
}
