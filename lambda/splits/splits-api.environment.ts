import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { countVariable, firstOfficersVariable } from '../platform/environment-variables';

/** Environment of splits-api. */
export const splitsApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
  LAKE_DATABASE: nameVariable,
  LAKE_WORK_GROUP: nameVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  FIRST_OFFICERS: firstOfficersVariable,
  EVALUATION_USES: countVariable,
});
