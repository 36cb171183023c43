import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/public-releases-api`. */
export const publicReleasesApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  RELEASES_BUCKET: nameVariable,
});
