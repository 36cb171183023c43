import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `deidentification/quarantine-batch`. */
export const quarantineBatchEnvironment = z.object({
  WORK_BUCKET: nameVariable,
});
