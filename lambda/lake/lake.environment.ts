import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Variables of functions that ask the lake. */
export const lakeEnvironment = z.object({
  LAKE_DATABASE: nameVariable,
  LAKE_WORK_GROUP: nameVariable,
  CATALOGUE_BUCKET: nameVariable,
});

export type LakeEnvironment = z.infer<typeof lakeEnvironment>;
