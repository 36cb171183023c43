import type { EventQueue } from '../engine/event-queue';
import { Gauge } from '../engine/gauge';
import { WeightedValues } from '../engine/quantiles';
import type { PipelineShape } from '../pipeline-shape';
import { deidentifySeconds } from '../stage-seconds';
import type { SubmissionContent } from '../workload/submission-content';
import { noWaits, type Waits } from './submission-run';

export const stages = ['clearing', 'deidentifying', 'importing', 'closing'] as const;
export type Stage = (typeof stages)[number];

/** Seconds for which an answer of the opt-out service holds (lambda/deidentification/receive-clearance.ts). */
const CLEARANCE_LIFETIME = 86_400;

const emptyTotals = () => ({
  submissions: 0,
  studies: 0,
  series: 0,
  files: 0,
  bytes: 0,
  billedBytes: 0,
  packs: 0,
  jobs: 0,
  batches: 0,
});
export type Totals = ReturnType<typeof emptyTotals>;

interface Finish {
  readonly seconds: number;
  /** Seconds of it that the opt-out service took. */
  readonly clearance: number;
  readonly withheld: boolean;
  readonly waits: Waits;
}

/** What a run of the model is asked about afterwards. */
export class PipelineRecord {
  readonly arrivals = emptyTotals();
  readonly ends = emptyTotals();
  readonly delay = new WeightedValues();
  /** The delay without the opt-out service. */
  readonly ownDelay = new WeightedValues();
  readonly waits = noWaits();
  readonly openMapRuns: Gauge;
  /** Import jobs, and submissions in Deidentify, that waited longer than the retries of the state machine last. */
  impatientJobs = 0;
  impatientMaps = 0;
  /** Submissions whose files were not all read within the life of the opt-out service's answer. */
  outlivedClearances = 0;
  withheldSubmissions = 0;
  /** Seconds of all submissions together, without the opt-out service. */
  ownSeconds = 0;
  /** When the last submission had its receipt. */
  lastEnd = 0;
  /** Seconds of environments of deidentify-batch that the arrivals ask for. */
  deidentifySeconds = 0;
  private readonly gauges: Readonly<Record<Stage | 'all', Gauge>>;

  constructor(
    private readonly queue: EventQueue,
    private readonly shape: PipelineShape,
  ) {
    const gauge = () => new Gauge(queue);
    this.gauges = {
      all: gauge(),
      clearing: gauge(),
      deidentifying: gauge(),
      importing: gauge(),
      closing: gauge(),
    };
    this.openMapRuns = gauge();
  }

  /** Studies in a stage, or in all of them. */
  stage(name: Stage | 'all'): Gauge {
    return this.gauges[name];
  }

  arrived(content: SubmissionContent): void {
    add(this.arrivals, content);
    this.deidentifySeconds += deidentifySeconds(content);
    this.stage('all').add(content.studies);
  }

  move(studies: number, from: Stage, to: Stage): void {
    this.stage(from).add(-studies);
    this.stage(to).add(studies);
  }

  deidentified(waited: number, sinceAnswer: number): void {
    if (waited > this.shape.deidentifyPatienceSeconds) this.impatientMaps += 1;
    if (sinceAnswer > CLEARANCE_LIFETIME) this.outlivedClearances += 1;
  }

  jobStarted(waited: number): void {
    if (waited > this.shape.importPatienceSeconds) this.impatientJobs += 1;
  }

  finished(content: SubmissionContent, { seconds, clearance, withheld, waits }: Finish): void {
    add(this.ends, content);
    this.lastEnd = this.queue.now;
    this.stage('all').add(-content.studies);
    this.delay.add(seconds, content.studies);
    this.ownDelay.add(seconds - clearance, content.studies);
    this.ownSeconds += seconds - clearance;
    if (withheld) this.withheldSubmissions += 1;
    for (const name of Object.keys(waits) as (keyof Waits)[]) this.waits[name] += waits[name];
  }
}

function add(totals: Totals, content: SubmissionContent): void {
  totals.submissions += 1;
  totals.studies += content.studies;
  totals.series += content.series;
  totals.files += content.files;
  totals.bytes += content.bytes;
  totals.billedBytes += content.billedBytes;
  totals.packs += content.packs;
  totals.jobs += content.jobs.length;
  totals.batches += content.batches;
}
