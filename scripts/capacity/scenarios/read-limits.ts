import type { LimitUse, Rate } from '../engine/limits';
import type { PipelineModel } from '../pipeline/pipeline-model';
import type { Waits } from '../pipeline/submission-run';
import type { Quotas } from '../quotas';
import type { LimitReport } from './scenario-report';

/** A rate: what passed of what could have passed until `end`. */
export function reportRate(
  limit: string,
  rate: Rate,
  use: LimitUse,
  waitSeconds: number,
  end: number,
): LimitReport {
  return {
    limit,
    quota: `${rate.perSecond}/s, burst ${rate.burst}`,
    usedShare: use.used / (rate.perSecond * end),
    mostAtOnce: null,
    waitHours: waitSeconds / 3_600,
    longestWaitSeconds: use.longestWaitSeconds,
  };
}

/** Numbers of places, one a data store or one in all. */
export function reportPlaces(
  limit: string,
  places: number,
  uses: readonly LimitUse[],
  waitSeconds: number,
  end: number,
): LimitReport {
  return {
    limit,
    quota: `${places} at once`,
    usedShare: Math.max(...uses.map(({ used }) => used)) / (places * end),
    mostAtOnce: Math.max(...uses.map(({ mostAtOnce }) => mostAtOnce ?? 0)),
    waitHours: waitSeconds / 3_600,
    longestWaitSeconds: Math.max(...uses.map(({ longestWaitSeconds }) => longestWaitSeconds)),
  };
}

/** The limits of the pipeline after a run. */
export function readPipelineLimits(
  model: PipelineModel,
  quotas: Quotas,
  waits: Readonly<Waits>,
  end: number,
): LimitReport[] {
  return [
    reportRate(
      'StartExecution',
      quotas.startExecution,
      model.startExecution.read(),
      waits.startExecution,
      end,
    ),
    reportRate(
      'state transitions',
      quotas.stateTransitions,
      model.stateTransitions.read(),
      waits.stateTransitions,
      end,
    ),
    reportPlaces(
      'Lambda concurrency of deidentify-batch',
      quotas.deidentifyConcurrency,
      [model.environments.read()],
      waits.deidentifyConcurrency,
      end,
    ),
    reportRate(
      'StartDICOMImportJob',
      quotas.startImportJob,
      model.startImportJob.read(),
      waits.startImportJob,
      end,
    ),
    reportPlaces(
      'import jobs of a data store',
      quotas.importJobsPerStore,
      model.stores.map((store) => store.read()),
      waits.importJobsPerStore,
      end,
    ),
    {
      limit: 'import jobs of a submission',
      quota: `${model.shape.importsAtOnce} at once (ours)`,
      usedShare: null,
      mostAtOnce: null,
      waitHours: waits.importsAtOnce / 3_600,
      longestWaitSeconds: null,
    },
  ];
}
