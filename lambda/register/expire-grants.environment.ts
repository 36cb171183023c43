import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';

/** Environment of `register/expire-grants`. */
export const expireGrantsEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  NOTIFICATIONS_TOPIC: nameVariable,
  configuration: platformConfiguration.pick({ collections: true }),
});
