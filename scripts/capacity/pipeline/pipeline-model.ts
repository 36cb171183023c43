import type { EventQueue } from '../engine/event-queue';
import { Places, TokenBucket } from '../engine/limits';
import type { PipelineShape } from '../pipeline-shape';
import type { Quotas } from '../quotas';
import { deidentifySeconds, stageSeconds } from '../stage-seconds';
import { importPacks } from './import-packs';
import type { PipelineRecord } from './pipeline-record';
import { noWaits, type SubmissionRun } from './submission-run';

/**
 * Environments that are taken together. A map's children come one by one; in groups of 25 a submission is a few events
 * and at most 24 environments stand idle for the group in front of the line.
 */
const ENVIRONMENTS_TOGETHER = 25;

/** The deployed pipeline as a network of limits: a submission passes its steps and waits where a limit is reached. */
export class PipelineModel {
  readonly startExecution: TokenBucket;
  readonly stateTransitions: TokenBucket;
  readonly environments: Places;
  readonly startImportJob: TokenBucket;
  /** Development and held-out. */
  readonly stores: readonly [Places, Places];
  private readonly environmentsPerRun: number;

  constructor(
    private readonly queue: EventQueue,
    quotas: Quotas,
    readonly shape: PipelineShape,
    private readonly clearanceLimitSeconds: number,
    private readonly record: PipelineRecord,
  ) {
    this.startExecution = new TokenBucket(queue, quotas.startExecution);
    this.stateTransitions = new TokenBucket(queue, quotas.stateTransitions);
    this.environments = new Places(queue, quotas.deidentifyConcurrency);
    this.startImportJob = new TokenBucket(queue, quotas.startImportJob);
    this.stores = [
      new Places(queue, quotas.importJobsPerStore),
      new Places(queue, quotas.importJobsPerStore),
    ];
    this.environmentsPerRun = Math.min(shape.batchesAtOnce, quotas.childrenPerMapRun);
  }

  /** A submission is complete: its execution starts. */
  submit(run: SubmissionRun): void {
    const { content } = run;
    const waits = noWaits();
    const submittedAt = this.queue.now;
    this.record.arrived(content);
    const enter = (states: number, then: () => void) =>
      this.stateTransitions.pass(states, (waited) => {
        waits.stateTransitions += waited;
        then();
      });
    const cleared = Math.min(run.clearanceSeconds, this.clearanceLimitSeconds);
    const withheld = run.clearanceSeconds > this.clearanceLimitSeconds;

    const finish = () => {
      this.record.stage('closing').add(-content.studies);
      this.record.finished(content, {
        seconds: this.queue.now - submittedAt,
        clearance: cleared,
        withheld,
        waits,
      });
    };
    const close = () => {
      this.record.move(content.studies, 'importing', 'closing');
      enter(1, () =>
        this.queue.after(stageSeconds.catalogue(content.files, content.studies), () =>
          enter(1, () =>
            this.queue.after(stageSeconds.demographics, () =>
              enter(1, () => this.queue.after(stageSeconds.receipt(content.files), finish)),
            ),
          ),
        ),
      );
    };
    const imports = () =>
      enter(3, () =>
        this.queue.after(stageSeconds.settle(content.files), () => {
          this.record.move(content.studies, 'deidentifying', 'importing');
          if (withheld) close();
          else importPacks({ queue: this.queue, model: this, record: this.record, run, waits, enter }, close);
        }),
      );
    const clear = () => {
      const answeredAt = this.queue.now + cleared;
      this.queue.at(answeredAt, () => {
        this.record.move(content.studies, 'clearing', 'deidentifying');
        enter(2, () => this.deidentify(run, waits, answeredAt, imports));
      });
    };

    this.record.stage('clearing').add(content.studies);
    this.startExecution.pass(1, (waited) => {
      waits.startExecution += waited;
      // Plan, AnyBatch; then Clear
      enter(2, () => this.queue.after(stageSeconds.plan(content.files), () => enter(1, clear)));
    });
  }

  /** The map: its children in groups, each group a share of the batches, group after group from the line. */
  private deidentify(
    { content }: SubmissionRun,
    waits: ReturnType<typeof noWaits>,
    answeredAt: number,
    then: () => void,
  ): void {
    const secondsABatch = deidentifySeconds(content) / content.batches;
    const environments = Math.min(content.batches, this.environmentsPerRun, this.environments.limit);
    const groups = Math.ceil(environments / ENVIRONMENTS_TOGETHER);
    let [open, longestWait] = [groups, 0];
    this.record.openMapRuns.add(1);
    const done = () => {
      open -= 1;
      if (open > 0) return;
      waits.deidentifyConcurrency += longestWait;
      this.record.openMapRuns.add(-1);
      this.record.deidentified(longestWait, this.queue.now - answeredAt);
      then();
    };
    const seconds = (content.batches / environments) * secondsABatch;
    for (let group = 0; group < groups; group += 1) {
      const places = Math.min(ENVIRONMENTS_TOGETHER, environments - group * ENVIRONMENTS_TOGETHER);
      this.environments.take(places, (waited) => {
        longestWait = Math.max(longestWait, waited);
        this.queue.after(seconds, () => {
          this.environments.give(places);
          done();
        });
      });
    }
  }
}
