import { batchesPerProcess } from '../cost/assumptions';
import { ingestCost, summarise } from '../cost/cost-lines';
import { EventQueue } from '../engine/event-queue';
import { PipelineModel } from '../pipeline/pipeline-model';
import { PipelineRecord, stages } from '../pipeline/pipeline-record';
import { openMapRunLimit, type QuotaSet, type Quotas } from '../quotas';
import type { Settings } from '../settings';
import type { Submit } from './arrivals';
import { readPipelineLimits } from './read-limits';
import { bindingLimit, type ScenarioReport } from './scenario-report';

export interface PipelineScenario {
  readonly name: string;
  readonly seed: number;
  readonly quotaSet: QuotaSet;
  readonly quotas: Quotas;
  readonly settings: Settings;
  readonly assumed: Readonly<Record<string, string | number>>;
  /** When the last submission is complete, or shortly before. */
  readonly arrivalsEndAt: number;
  readonly schedule: (queue: EventQueue, submit: Submit) => void;
}

/** Runs submissions through the pipeline until the last has its receipt. */
export function runPipelineScenario(scenario: PipelineScenario): ScenarioReport {
  const { settings, quotas } = scenario;
  const queue = new EventQueue();
  const record = new PipelineRecord(queue, settings.shape);
  const model = new PipelineModel(queue, quotas, settings.shape, settings.clearanceLimitSeconds, record);
  let atEndOfArrivals = 0;
  scenario.schedule(queue, (run) => model.submit(run));
  queue.at(scenario.arrivalsEndAt, () => {
    atEndOfArrivals = record.stage('all').now;
  });
  queue.run();

  const { arrivals, ends } = record;
  const end = record.lastEnd;
  const limits = readPipelineLimits(model, quotas, record.waits, end);
  const work = {
    ...arrivals,
    deidentifySeconds: record.deidentifySeconds,
    processStarts: arrivals.batches / batchesPerProcess,
  };
  const cost = ingestCost(work, settings.shape);
  return {
    scenario: scenario.name,
    quotas: scenario.quotaSet,
    seed: scenario.seed,
    assumed: scenario.assumed,
    unit: 'study',
    arrived: arrivals,
    finished: ends.studies,
    lastEndSeconds: end,
    backlog: {
      atEndOfArrivals,
      most: record.stage('all').maximum,
      mean: record.stage('all').meanUntil(end),
    },
    mostByStage: Object.fromEntries(stages.map((stage) => [stage, record.stage(stage).maximum])),
    delay: { p50: record.delay.quantile(0.5), p99: record.delay.quantile(0.99) },
    ownDelay: { p50: record.ownDelay.quantile(0.5), p99: record.ownDelay.quantile(0.99) },
    limits,
    binds: bindingLimit(limits, record.ownSeconds),
    watch: {
      'import jobs that waited longer than their retries last': record.impatientJobs,
      'submissions whose batches waited longer than their retries last': record.impatientMaps,
      'submissions read later than a day after their clearance': record.outlivedClearances,
      'submissions withheld for want of an answer': record.withheldSubmissions,
      [`most runs of the map at once (of ${openMapRunLimit} at most)`]: record.openMapRuns.maximum,
    },
    costPerUnit: summarise(cost, arrivals.studies),
  };
}
