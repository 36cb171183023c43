import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of public-register-api. */
export const publicRegisterApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  configuration: platformConfiguration.pick({ collections: true }),
});
