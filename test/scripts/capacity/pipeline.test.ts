import { EventQueue } from '../../../scripts/capacity/engine/event-queue';
import { PipelineModel } from '../../../scripts/capacity/pipeline/pipeline-model';
import { PipelineRecord } from '../../../scripts/capacity/pipeline/pipeline-record';
import type { SubmissionRun } from '../../../scripts/capacity/pipeline/submission-run';
import { meanPatienceSeconds } from '../../../scripts/capacity/pipeline-shape';
import type { Quotas } from '../../../scripts/capacity/quotas';
import { readSettings } from '../../../scripts/capacity/settings';
import { deidentifySeconds, stageSeconds } from '../../../scripts/capacity/stage-seconds';

const settings = readSettings('example');

function submission(jobs: number, changes: Partial<SubmissionRun> = {}): SubmissionRun {
  const content = {
    studies: 10,
    series: 40,
    files: 1_200,
    bytes: 600e6,
    billedBytes: 300e6,
    packs: jobs,
    batches: 100,
    jobs: Array.from({ length: jobs }, () => false),
  };
  return { content, clearanceSeconds: 100, importSeconds: content.jobs.map(() => 300), ...changes };
}

function run(runs: readonly SubmissionRun[], quotas: Partial<Quotas> = {}) {
  const queue = new EventQueue();
  const record = new PipelineRecord(queue, settings.shape);
  const model = new PipelineModel(
    queue,
    { ...settings.quotas.default, ...quotas },
    settings.shape,
    settings.clearanceLimitSeconds,
    record,
  );
  for (const each of runs) model.submit(each);
  queue.run();
  return { record, model, end: queue.now };
}

/** Seconds of a submission that nothing holds up, but for its import. */
function steps({ content }: SubmissionRun): number {
  const { files, studies, batches } = content;
  return (
    stageSeconds.plan(files) +
    deidentifySeconds(content) / Math.min(batches, settings.shape.batchesAtOnce) +
    stageSeconds.settle(files) +
    stageSeconds.catalogue(files, studies) +
    stageSeconds.demographics +
    stageSeconds.receipt(files)
  );
}

it('the shape is that of the deployed state machine', () => {
  expect(settings.shape).toMatchObject({
    importsAtOnce: 5,
    batchesAtOnce: 100,
    transitionsPerSubmission: 11,
    transitionsPerJob: 3,
  });
  expect(settings.quotas.default.deidentifyConcurrency).toBe(400);
});

it('the patience of a retry is half of its waits together', () => {
  const retry = {
    ErrorEquals: [],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 4,
    MaxDelaySeconds: 10,
    JitterStrategy: 'FULL',
  } as const;
  // 2, 4, 8, 10
  expect(meanPatienceSeconds(retry)).toBe(12);
  // seven hundred attempts "last 58 hours on average"
  expect(settings.shape.importPatienceSeconds).toBeGreaterThan(57 * 3_600);
  expect(settings.shape.importPatienceSeconds).toBeLessThan(59 * 3_600);
});

it('one submission takes the time of its steps', () => {
  const one = submission(1);
  const { record, end } = run([one]);
  expect(end).toBeCloseTo(100 + steps(one) + 300 + stageSeconds.reconcile, 6);
  expect(record.ownDelay.quantile(0.5)).toBeCloseTo(end - 100, 6);
  expect(Object.values(record.waits).every((seconds) => seconds === 0)).toBe(true);
});

it('passes as many transitions as the state machine has states on the way', () => {
  const { model } = run([submission(7), submission(1)]);
  const { transitionsPerSubmission, transitionsPerJob } = settings.shape;
  expect(model.stateTransitions.read().used).toBe(2 * transitionsPerSubmission + 8 * transitionsPerJob);
});

it('imports five packs of a submission at once, and lays the wait of the others to that', () => {
  const one = submission(11);
  const { record, model, end } = run([one], { startImportJob: { perSecond: 1_000, burst: 100 } });
  expect(model.stores[0].read().mostAtOnce).toBe(5);
  expect(end).toBeCloseTo(100 + steps(one) + 3 * (300 + stageSeconds.reconcile), 6);
  expect(record.waits.importsAtOnce).toBeGreaterThan(0);
  expect(record.waits.importJobsPerStore).toBe(0);
});

it('lays the wait to the starts where starts are rare, and to the store where it is full', () => {
  const many = Array.from({ length: 20 }, () => submission(10));
  const slow = run(many, { startImportJob: { perSecond: 0.00001, burst: 1 } }).record.waits;
  expect(slow.startImportJob).toBeGreaterThan(slow.importsAtOnce + slow.importJobsPerStore);
  const full = run(many, { importJobsPerStore: 1 }).record.waits;
  expect(full.importJobsPerStore).toBeGreaterThan(full.importsAtOnce + full.startImportJob);
});

it('shares the environments among submissions, never more than are reserved', () => {
  const many = Array.from({ length: 8 }, () => submission(1));
  const { model, record } = run(many);
  expect(model.environments.read().mostAtOnce).toBe(400);
  expect(record.waits.deidentifyConcurrency).toBeGreaterThan(0);
  expect(record.openMapRuns.maximum).toBe(8);
});

it('withholds where the opt-out service does not answer in time: nothing is imported', () => {
  const late = submission(3, { clearanceSeconds: settings.clearanceLimitSeconds + 1 });
  const { model, record, end } = run([late]);
  expect(record.withheldSubmissions).toBe(1);
  expect(model.startImportJob.read().used).toBe(0);
  expect(end).toBeCloseTo(settings.clearanceLimitSeconds + steps(late), 6);
});

it('counts what would wait longer than the retries of the state machine last', () => {
  const { record } = run(
    Array.from({ length: 5 }, () => submission(10)),
    { startImportJob: { perSecond: 0.00001, burst: 1 } },
  );
  expect(record.impatientJobs).toBeGreaterThan(0);
  expect(run([submission(10)]).record.impatientJobs).toBe(0);
});

it('loses nothing: what arrives has ended or is in the backlog, at every moment', () => {
  const queue = new EventQueue();
  const record = new PipelineRecord(queue, settings.shape);
  const model = new PipelineModel(queue, settings.quotas.default, settings.shape, 10_000, record);
  for (let index = 0; index < 50; index += 1)
    queue.at(index * 40, () => model.submit(submission(index % 9, { clearanceSeconds: index * 250 })));
  for (let time = 5; time < 20_000; time += 50)
    queue.at(time, () => {
      const inStages = (['clearing', 'deidentifying', 'importing', 'closing'] as const).reduce(
        (sum, stage) => sum + record.stage(stage).now,
        0,
      );
      expect(record.arrivals.studies).toBe(record.ends.studies + record.stage('all').now);
      expect(inStages).toBe(record.stage('all').now);
    });
  queue.run();
  expect(record.ends).toEqual(record.arrivals);
  expect(record.arrivals.submissions).toBe(50);
});
