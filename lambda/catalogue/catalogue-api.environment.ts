import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `catalogue/catalogue-api`. */
export const catalogueApiEnvironment = z.object({
  LEDGER_TABLE: nameVariable,
  REGISTER_TABLE: nameVariable,
});
