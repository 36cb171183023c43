import type { Rate } from './engine/limits';

/** The limits within which the platform works: quotas of AWS, and settings of the platform that follow from them. */
export interface Quotas {
  /** Of the account and Region, for both data stores together. */
  readonly startImportJob: Rate;
  readonly importJobsPerStore: number;
  readonly deleteImageSet: Rate;
  readonly deletesPerStore: number;
  /** Of Standard executions; the Express children of a map do not count. */
  readonly stateTransitions: Rate;
  readonly startExecution: Rate;
  /** Children of one run of a Distributed Map. */
  readonly childrenPerMapRun: number;
  /** Environments reserved for deidentify-batch: `pipeline.deidentifyConcurrency` of the configuration. */
  readonly deidentifyConcurrency: number;
}

export type QuotaSet = 'default' | 'raised';

/**
 * @param deidentifyConcurrency as configured
 * @returns the quotas that a new account has in London, as AWS documents them
 */
export function defaultQuotas(deidentifyConcurrency: number): Quotas {
  return {
    startImportJob: { perSecond: 1, burst: 2 },
    importJobsPerStore: 100,
    deleteImageSet: { perSecond: 0.25, burst: 1 },
    deletesPerStore: 100,
    stateTransitions: { perSecond: 800, burst: 800 },
    startExecution: { perSecond: 150, burst: 800 },
    childrenPerMapRun: 10_000,
    deidentifyConcurrency,
  };
}

/**
 * What we would ask for before go-live. Nobody has promised it: starts and deletes at ten a second, five times the jobs
 * and the concurrency, and the transitions that AWS gives by default in its largest Regions.
 */
export function raisedQuotas(deidentifyConcurrency: number): Quotas {
  return {
    ...defaultQuotas(deidentifyConcurrency * 5),
    startImportJob: { perSecond: 10, burst: 20 },
    importJobsPerStore: 500,
    deleteImageSet: { perSecond: 10, burst: 20 },
    stateTransitions: { perSecond: 5_000, burst: 5_000 },
  };
}

/** The largest number of runs of a Distributed Map that an account may have open at once; it cannot be raised. */
export const openMapRunLimit = 1_000;
