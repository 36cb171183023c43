import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of `releases/stop-release`. */
export const stopReleaseEnvironment = z.object({ REGISTER_TABLE: nameVariable });
