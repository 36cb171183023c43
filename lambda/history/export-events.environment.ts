import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `history/export-events`. */
export const exportEventsEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  AUDIT_BUCKET: nameVariable,
});
