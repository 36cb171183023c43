import * as z from 'zod';
import { applicationId, sha256 } from '../identifiers.contract';

const changed = { applicationId, contentDigest: sha256 };

/** What happened to an algorithmic impact assessment. */
export const assessmentFacts = [
  z.object({ type: z.literal('assessment-changed'), data: z.object(changed) }),
  z.object({ type: z.literal('assessment-submitted'), data: z.object(changed) }),
  z.object({ type: z.literal('assessment-accepted'), data: z.object(changed) }),
  z.object({
    type: z.literal('assessment-returned'),
    data: z.object({ ...changed, commentDigest: sha256 }),
  }),
] as const;
