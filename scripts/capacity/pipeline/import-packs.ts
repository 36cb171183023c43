import type { EventQueue } from '../engine/event-queue';
import { stageSeconds } from '../stage-seconds';
import type { PipelineModel } from './pipeline-model';
import type { PipelineRecord } from './pipeline-record';
import type { SubmissionRun, Waits } from './submission-run';

interface Importing {
  readonly queue: EventQueue;
  readonly model: PipelineModel;
  readonly record: PipelineRecord;
  readonly run: SubmissionRun;
  readonly waits: Waits;
  readonly enter: (states: number, then: () => void) => void;
}

/**
 * The import jobs of a submission, in order, a few at once: each waits for a start, then for room in its data store.
 *
 * @remarks A job behind the few waits because they run, or because they wait themselves. Its wait is laid to each cause
 * by its share of the time that the few were in.
 */
export function importPacks({ queue, model, record, run, waits, enter }: Importing, then: () => void): void {
  const { jobs } = run.content;
  const settledAt = queue.now;
  const spent = { start: 0, room: 0, run: 0, line: 0 };
  let next = 0;
  let open = jobs.length;

  const finish = () => {
    const inTurn = spent.start + spent.room + spent.run;
    const share = (seconds: number) => seconds + (inTurn === 0 ? 0 : (spent.line * seconds) / inTurn);
    waits.startImportJob += share(spent.start);
    waits.importJobsPerStore += share(spent.room);
    waits.importsAtOnce += inTurn === 0 ? 0 : (spent.line * spent.run) / inTurn;
    then();
  };
  const begin = () => {
    const index = next;
    const heldOut = jobs[index];
    const seconds = run.importSeconds[index];
    if (heldOut === undefined || seconds === undefined) return;
    next += 1;
    spent.line += queue.now - settledAt;
    const store = model.stores[heldOut ? 1 : 0];
    enter(1, () =>
      model.startImportJob.pass(1, (forStart) =>
        store.take(1, (forRoom) => {
          spent.start += forStart;
          spent.room += forRoom;
          spent.run += seconds + stageSeconds.reconcile;
          record.jobStarted(forStart + forRoom);
          // AwaitImport, at once
          enter(1, () => undefined);
          queue.after(seconds, () => {
            store.give(1);
            enter(1, () =>
              queue.after(stageSeconds.reconcile, () => {
                open -= 1;
                if (open === 0) finish();
                else begin();
              }),
            );
          });
        }),
      ),
    );
  };
  if (open === 0) finish();
  for (let lane = 0; lane < model.shape.importsAtOnce; lane += 1) begin();
}
