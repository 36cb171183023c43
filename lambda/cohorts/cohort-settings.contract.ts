import * as z from 'zod';
import { representativenessGate } from '../../statistics/representativeness/gate.contract';

/** What an environment asks of cohorts, and how much may be asked about a release. */
export const cohortSettings = z.strictObject({
  /** What is asked of whom a cohort represents; without it nothing is. */
  gate: representativenessGate.prefault({ lowestRatio: 0 }),
  /** New questions; each facet is one. What was answered before costs nothing. */
  questions: z
    .strictObject({
      perProjectAndDay: z.number().int().min(1).max(1000).default(60),
      perProject: z.number().int().min(1).max(1000).default(300),
      /** Of everybody: every decision weighs all that was told of the release. */
      perRelease: z.number().int().min(1).max(2000).default(600),
    })
    .prefault({}),
});

export type CohortSettings = z.infer<typeof cohortSettings>;
