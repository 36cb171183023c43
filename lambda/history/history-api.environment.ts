import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of history-api. */
export const historyApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  AUDIT_BUCKET: nameVariable,
  TRAIL_BUCKET: nameVariable,
  TRAIL_PREFIX: nameVariable,
  UID_ROOT: nameVariable,
});
