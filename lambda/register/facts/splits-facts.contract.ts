import * as z from 'zod';
import { projectId, sha256 } from '../identifiers.contract';

const release = z.string().max(20);
const set = z.string().max(40);
const setVersion = z.number().int().min(1).max(9999);

/** What was held out, committed to, evaluated against and looked at. No study stands here, only hashes. */
export const splitsFacts = [
  z.object({ type: z.literal('held-out-committed'), data: z.object({ release, sha256 }) }),
  z.object({
    type: z.literal('evaluation-set-committed'),
    data: z.object({ set, setVersion, release, sha256 }),
  }),
  z.object({
    type: z.literal('evaluation-set-used'),
    data: z.object({
      use: z.string(),
      set,
      setVersion,
      project: projectId,
      model: z.string().max(80),
      reason: z.string().max(40),
    }),
  }),
  /** An officer looked at both sides of a finding of the leakage guard. */
  z.object({
    type: z.literal('leakage-acknowledged'),
    data: z.object({ finding: sha256, kind: z.string().max(40), reason: z.string().max(40) }),
  }),
] as const;
