import * as z from 'zod';
import { nameVariable } from '../platform/environment';

/** Environment of deny-sessions. */
export const denySessionsEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  /** The managed policy on all roles of researchers. */
  DENIAL_POLICY_ARN: nameVariable,
  /** ARN of a role of researchers, with `{arc}` and `{accessMode}`. */
  RESEARCHER_ROLE: z.string().includes('{arc}').includes('{accessMode}'),
});
