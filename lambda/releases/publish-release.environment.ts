import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/publish-release`. */
export const publishReleaseEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  RELEASES_BUCKET: nameVariable,
});
