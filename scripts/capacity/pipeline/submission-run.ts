import type { SubmissionContent } from '../workload/submission-content';

/** A submission on its way, with everything that chance decides drawn beforehand: no quota changes the draw. */
export interface SubmissionRun {
  readonly content: SubmissionContent;
  readonly clearanceSeconds: number;
  /** Seconds of each import job, in the order of `content.jobs`. */
  readonly importSeconds: readonly number[];
}

/** The limits that can make a submission wait. */
export const limitNames = [
  'startExecution',
  'stateTransitions',
  'deidentifyConcurrency',
  'startImportJob',
  'importJobsPerStore',
  'importsAtOnce',
] as const;

export type LimitName = (typeof limitNames)[number];

/** Seconds that limits made one submission wait; of its jobs, the seconds of all of them together. */
export type Waits = Record<LimitName, number>;

export const noWaits = (): Waits => ({
  startExecution: 0,
  stateTransitions: 0,
  deidentifyConcurrency: 0,
  startImportJob: 0,
  importJobsPerStore: 0,
  importsAtOnce: 0,
});
