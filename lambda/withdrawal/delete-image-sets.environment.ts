import * as z from 'zod';
import { nameVariable } from '../platform/environment';
import { rateVariable } from '../platform/environment-variables';

/** Environment of `withdrawal/delete-image-sets`. */
export const deleteImageSetsEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  WORK_BUCKET: nameVariable,
  DELETES_PER_SECOND: rateVariable,
});
