import * as z from 'zod';
import { releaseVersion } from './release.contract';

/** What a step of the state machine gets. */
export const releaseStep = z.object({ release: releaseVersion });

/** What a step may say: to go on, or that officers have to look at something first. */
export const stepOutcome = z.object({ release: releaseVersion, held: z.boolean() });

export type StepOutcome = z.infer<typeof stepOutcome>;

/** Step and name of the error: names of states and errors, nothing else. */
export const failedReleaseStep = releaseStep.extend({
  step: z.string().regex(/^[A-Za-z]{1,64}$/),
  error: z.string().max(256),
});

/** Seconds that a step has. */
export const releaseStepSeconds = 840;

/** When a step stops a question and fails: in time to be told so. */
export const questionLimitMilliseconds = 780_000;
