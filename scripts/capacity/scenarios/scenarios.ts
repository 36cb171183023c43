import type { QuotaSet, Quotas } from '../quotas';
import type { Settings } from '../settings';
import { englishYear, type MixPart, predecessorCollection } from '../workload/modalities';
import { scheduleBackfill, scheduleSteady } from './arrivals';
import { runPipelineScenario } from './pipeline-scenario';
import type { ScenarioReport } from './scenario-report';
import { runWithdrawal } from './withdrawal';

export const scenarioNames = ['year', 'backfill', 'withdrawal'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface ScenarioOptions {
  readonly settings: Settings;
  readonly quotaSet: QuotaSet;
  /** Those of the set, but for what the caller wants to see otherwise. */
  readonly quotas: Quotas;
  readonly seed: number;
  readonly trusts: number;
  readonly intervalHours: number;
  readonly studiesPerSubmission: number;
  /** Days of the year that are simulated, from a Monday on. */
  readonly days: number;
  /** Median of the opt-out service's answer; 0 answers everything at once. */
  readonly clearanceHours: number;
}

const DAY = 86_400;
const IMAGE_SETS_WITHDRAWN = 100_000;
/** The backfill has landed when the clock starts; its submissions are completed within an hour. */
const BACKFILL_SECONDS = 3_600;

/** England's imaging: a year, or the first days of one. */
export function simulateYear(options: ScenarioOptions): ScenarioReport {
  const { settings, seed, trusts, intervalHours, days, clearanceHours } = options;
  const horizonSeconds = days * DAY;
  const mix = englishYear.map(({ modality, studies }) => ({ modality, studies: (studies * days) / 365 }));
  return runPipelineScenario({
    ...options,
    name: 'year',
    assumed: {
      days,
      trusts,
      'hours between submissions of a trust': intervalHours,
      'hours of the opt-out service (median)': clearanceHours,
    },
    arrivalsEndAt: horizonSeconds,
    schedule: (queue, submit) =>
      scheduleSteady(
        queue,
        {
          mix,
          horizonSeconds,
          trusts,
          intervalSeconds: intervalHours * 3_600,
          heldOutShare: settings.heldOutShare,
          clearanceHours,
          seed,
        },
        submit,
      ),
  });
}

/** The predecessor's collection, sent again; or another mix. */
export function simulateBackfill(
  options: ScenarioOptions,
  mix: readonly MixPart[] = predecessorCollection,
): ScenarioReport {
  const { settings, seed, studiesPerSubmission, clearanceHours } = options;
  const withinSeconds = BACKFILL_SECONDS;
  return runPipelineScenario({
    ...options,
    name: 'backfill',
    assumed: {
      'studies of a submission': studiesPerSubmission,
      'hours of the opt-out service (median)': clearanceHours,
      'seconds in which all are completed': withinSeconds,
    },
    arrivalsEndAt: withinSeconds,
    schedule: (queue, submit) =>
      scheduleBackfill(
        queue,
        {
          mix,
          studiesPerSubmission,
          heldOutShare: settings.heldOutShare,
          withinSeconds,
          clearanceHours,
          seed,
        },
        submit,
      ),
  });
}

/** 100,000 image sets are to be deleted; or another number. */
export function simulateWithdrawal(
  options: ScenarioOptions,
  imageSets = IMAGE_SETS_WITHDRAWN,
): ScenarioReport {
  const { quotaSet, quotas, seed, settings } = options;
  return runWithdrawal({ imageSets, heldOutShare: settings.heldOutShare, seed, quotaSet, quotas });
}

/** The scenario of that name. */
export function simulate(name: ScenarioName, options: ScenarioOptions): ScenarioReport {
  switch (name) {
    case 'year':
      return simulateYear(options);
    case 'backfill':
      return simulateBackfill(options);
    case 'withdrawal':
      return simulateWithdrawal(options);
  }
}
