import * as z from 'zod';
import { accessTokenForm } from './access-tokens.contract';
import { assuranceSettings } from './assurance.contract';
import { jsonVariable, nameVariable } from './environment';

/** Variables that hold JSON, as several functions read them. docs/architecture.md, "Functions", lists the names. */

/** Id or ARN of the data store of each split. */
export const datastoresVariable = jsonVariable(
  z.object({ development: nameVariable, heldOut: nameVariable }),
);

/** Id or ARN of the development data store, for functions that give access: they know of no other. */
export const developmentStoreVariable = jsonVariable(z.object({ development: nameVariable }));

/** Subjects of the issuer. */
export const firstOfficersVariable = jsonVariable(z.array(nameVariable).min(1));

/** How access tokens of the issuer are known from its other tokens. */
export const accessTokensVariable = jsonVariable(accessTokenForm);

/** Scope of the API at the issuer; `null` where it needs none. */
export const scopeVariable = jsonVariable(z.string().nullable());

/** Which sign-ins are strong; `null` where the configuration does not ask. */
export const assuranceVariable = jsonVariable(assuranceSettings.nullable());

/** A share of one, e.g. `0.2`. */
export const shareVariable = z
  .string()
  .regex(/^(0|1|0?\.\d{1,6})$/, 'expected a number from 0 to 1')
  .transform(Number);

/** A number of bytes, below a petabyte. */
export const bytesVariable = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'expected a number of bytes')
  .transform(Number);

/** A number of whole days. */
export const daysVariable = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'expected a number of days')
  .transform(Number);

/** Calls a second, e.g. `0.25`. */
export const rateVariable = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,4})?$/, 'expected a number of calls a second')
  .transform(Number)
  .pipe(z.number().positive());

/** How often something may be done, from 1. */
export const countVariable = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, 'expected a whole number from 1')
  .transform(Number);
