import { z } from 'zod';
import {
  accessMode,
  collectionConfiguration,
  collectionId,
  odsCode,
  trustConfiguration,
} from './configuration.contract';
import { jsonVariable, nameVariable } from './environment';

/** Variables that hold JSON, as several functions read them. docs/architecture.md, "Functions", lists the names. */

/** ODS code → name of the trust's landing bucket. */
export const landingBucketsVariable = jsonVariable(z.record(odsCode, nameVariable));

/** Id or ARN of the data store of each split. */
export const datastoresVariable = jsonVariable(
  z.object({ development: nameVariable, heldOut: nameVariable }),
);

export const trustsVariable = jsonVariable(z.array(trustConfiguration).min(1));

export const collectionsVariable = jsonVariable(z.array(collectionConfiguration).min(1));

/** Subjects of the issuer. */
export const firstOfficersVariable = jsonVariable(z.array(nameVariable).min(1));

/** Collection id → access mode → ARN of the role that credentials are cut from. */
export const researcherRolesVariable = jsonVariable(
  z.record(collectionId, z.partialRecord(accessMode, nameVariable)),
);

/** Collection id → ARN of the role under which a viewer's bearer token reads. */
export const viewerRolesVariable = jsonVariable(z.record(collectionId, nameVariable));

/** A share of one, e.g. `0.2`. */
export const shareVariable = z
  .string()
  .regex(/^(0|1|0?\.\d{1,6})$/, 'expected a number from 0 to 1')
  .transform(Number);
