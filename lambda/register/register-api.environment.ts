import * as z from 'zod';
import { platformConfiguration } from '../platform/configuration.contract';
import { nameVariable } from '../platform/environment';
import {
  assuranceVariable,
  daysVariable,
  firstOfficersVariable,
  scopeVariable,
} from '../platform/environment-variables';

/** Environment of register-api. */
export const registerApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  APPLICATIONS_BUCKET: nameVariable,
  UID_ROOT: nameVariable,
  TARGET_WORKING_DAYS: daysVariable,
  OIDC_ISSUER: z.url(),
  OIDC_SCOPE: scopeVariable,
  OIDC_ASSURANCE: assuranceVariable,
  FIRST_OFFICERS: firstOfficersVariable,
  configuration: platformConfiguration.pick({ trusts: true, collections: true }),
});
