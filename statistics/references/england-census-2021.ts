import data from './england-census-2021.data.json';
import { type Reference, reference } from './reference.contract';

/** The people of England in the census of 2021: the population that is compared with where no other is named. */
export const englandCensus2021 = (): Reference => reference.parse(data);
