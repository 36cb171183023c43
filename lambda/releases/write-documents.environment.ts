import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/write-documents`. */
export const writeDocumentsEnvironment = z.object({
  CATALOGUE_BUCKET: nameVariable,
  RELEASES_BUCKET: nameVariable,
  RECEIPT_KEY_ID: nameVariable,
});
