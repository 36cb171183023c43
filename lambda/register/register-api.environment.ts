import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { collectionsVariable } from '../platform/environment-variables';

/** Environment of `register/register-api`. */
export const registerApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  COLLECTIONS: collectionsVariable,
});
