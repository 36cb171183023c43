import { ageBands, knownEthnicCategories, regionCodes } from '../demographics/table-columns.contract';
import type { PersonColumn } from '../lake/sql/release-figures';
import { imdGroups, sexGroups } from './group-labels.contract';

/** Groups of each attribute of people, in the order of the documents; those of whom it is not known are in none. */
export const personGroups = {
  age_band: ageBands,
  sex: sexGroups,
  ethnic_category: knownEthnicCategories,
  region: regionCodes,
  imd_decile: imdGroups,
  trust_region: regionCodes,
} as const satisfies Readonly<Record<PersonColumn, readonly string[]>>;
