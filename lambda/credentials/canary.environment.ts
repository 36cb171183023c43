import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { developmentStoreVariable } from '../platform/environment-variables';

/** What a function that opens canaries has in its environment. */
export const canaryEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  /** ARN of the role whose sessions read nothing. */
  CANARY_ROLE: nameVariable,
  UID_ROOT: nameVariable,
  DATASTORES: developmentStoreVariable,
  DICOMWEB_ENDPOINT: z.url(),
});

export type CanaryEnvironment = z.infer<typeof canaryEnvironment>;
