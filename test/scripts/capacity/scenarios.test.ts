import { reportText } from '../../../scripts/capacity/print-report';
import type { Quotas } from '../../../scripts/capacity/quotas';
import {
  type ScenarioOptions,
  simulateBackfill,
  simulateWithdrawal,
  simulateYear,
} from '../../../scripts/capacity/scenarios/scenarios';
import { readSettings, withImportsAtOnce } from '../../../scripts/capacity/settings';
import { modalities } from '../../../scripts/capacity/workload/modalities';

const settings = readSettings('example');
const { default: defaults, raised } = settings.quotas;

function options(changes: Partial<ScenarioOptions> = {}): ScenarioOptions {
  return {
    settings,
    quotaSet: 'default',
    quotas: defaults,
    seed: 1,
    trusts: 20,
    intervalHours: 1,
    studiesPerSubmission: 5,
    days: 0.25,
    clearanceHours: 4,
    ...changes,
  };
}

/** Small, so that starts of jobs are what it lacks: one job a study or so. */
const mix = [
  { modality: modalities.xray, studies: 600 },
  { modality: modalities.ct, studies: 200 },
];
const backfill = (changes: Partial<ScenarioOptions> = {}) => simulateBackfill(options(changes), mix);

it('everything that arrives ends', () => {
  for (const report of [simulateYear(options()), backfill()]) {
    expect(report.finished).toBe(report.arrived.studies);
    expect(report.backlog.most).toBeLessThanOrEqual(report.finished);
  }
  expect(simulateWithdrawal(options(), 500).finished).toBe(500);
});

it('days of the year bring their share of the 42.9 million', () => {
  const { arrived } = simulateYear(options({ days: 1 }));
  expect((arrived.studies ?? 0) / (42.9e6 / 365)).toBeCloseTo(1, 1);
});

it('the same seed gives the same report, another seed another', () => {
  expect(backfill()).toEqual(backfill());
  expect(simulateYear(options())).toEqual(simulateYear(options()));
  expect(backfill({ seed: 2 })).not.toEqual(backfill());
});

it('quotas change no draw: the same submissions arrive', () => {
  expect(backfill({ quotas: raised }).arrived).toEqual(backfill().arrived);
  expect(simulateYear(options({ quotas: raised })).arrived).toEqual(simulateYear(options()).arrived);
});

describe('a higher quota never gives a longer p99', () => {
  const growing: readonly [string, readonly Partial<Quotas>[]][] = [
    [
      'starts of import jobs',
      [0.05, 0.2, 1, 10].map((perSecond) => ({ startImportJob: { perSecond, burst: 2 } })),
    ],
    ['import jobs of a store', [2, 8, 30, 100].map((importJobsPerStore) => ({ importJobsPerStore }))],
    ['environments', [25, 100, 400, 2_000].map((deidentifyConcurrency) => ({ deidentifyConcurrency }))],
    ['transitions', [0.2, 2, 800].map((perSecond) => ({ stateTransitions: { perSecond, burst: 5 } }))],
    [
      'starts of executions',
      [0.02, 0.2, 150].map((perSecond) => ({ startExecution: { perSecond, burst: 1 } })),
    ],
  ];

  it.each(growing)('%s', (_, steps) => {
    for (const seed of [1, 2])
      for (const clearanceHours of [0, 4]) {
        const delays = steps.map(
          (step) => backfill({ seed, clearanceHours, quotas: { ...defaults, ...step } }).delay.p99,
        );
        for (const [index, delay] of delays.entries())
          expect(delay).toBeLessThanOrEqual((delays[index - 1] ?? Number.POSITIVE_INFINITY) + 1e-6);
      }
  });

  it('deletions', () => {
    const delays = [0.25, 1, 10].map(
      (perSecond) =>
        simulateWithdrawal(
          options({ quotas: { ...defaults, deleteImageSet: { perSecond, burst: 1 } } }),
          2_000,
        ).delay.p99,
    );
    expect([...delays].sort((left, right) => right - left)).toEqual(delays);
  });

  it('nor do all raised quotas together', () => {
    expect(backfill({ quotas: raised }).delay.p99).toBeLessThanOrEqual(backfill().delay.p99);
  });
});

describe('what binds', () => {
  it('is the starts of import jobs where each study is a submission and all are cleared at once', () => {
    const report = backfill({ studiesPerSubmission: 1, clearanceHours: 0 });
    const other = backfill({ studiesPerSubmission: 1, clearanceHours: 0, quotas: raised });
    expect(report.arrived.jobs).toBe(800);
    expect(other.lastEndSeconds).toBeLessThanOrEqual(report.lastEndSeconds);
    const slow = backfill({
      studiesPerSubmission: 1,
      clearanceHours: 0,
      quotas: { ...defaults, startImportJob: { perSecond: 0.1, burst: 2 } },
    });
    expect(slow.binds).toBe('StartDICOMImportJob');
    // 800 jobs at one in ten seconds: no run of them can end sooner
    expect(slow.lastEndSeconds).toBeGreaterThan(798 / 0.1);
  });

  it('is the number that a submission imports at once where it is large and alone', () => {
    const large = { studiesPerSubmission: 1_600, clearanceHours: 0 };
    const report = simulateBackfill(options(large), [{ modality: modalities.ct, studies: 150 }]);
    expect(report.binds).toBe('import jobs of a submission');
    const wider = simulateBackfill(options({ ...large, settings: withImportsAtOnce(settings, 50) }), [
      { modality: modalities.ct, studies: 150 },
    ]);
    expect(wider.lastEndSeconds).toBeLessThan(report.lastEndSeconds);
  });

  it('is nothing where nothing waits', () => {
    const report = simulateBackfill(options({ studiesPerSubmission: 5, quotas: raised }), [
      { modality: modalities.xray, studies: 20 },
    ]);
    expect(report.binds).toBeNull();
    expect(reportText(report)).toContain('Binds: none');
  });
});

it('100,000 image sets are gone after the time that the rate alone gives', () => {
  const report = simulateWithdrawal(options());
  // a token each four seconds, the first at once
  expect(report.lastEndSeconds).toBeCloseTo((100_000 - 1) * 4 + 10, 3);
  expect(report.lastEndSeconds / 86_400).toBeCloseTo(4.63, 2);
  expect(report.delay.p50).toBeCloseTo((50_000 - 1) * 4 + 10, 3);
  expect(report.binds).toBe('DeleteImageSet');
});

it('the text of a report has its figures', () => {
  const report = backfill();
  const text = reportText(report);
  expect(text).toContain(`Scenario backfill, default quotas, seed 1`);
  expect(text).toContain(`Binds: ${report.binds ?? 'none'}`);
  expect(text).toContain(`$${report.costPerUnit.total.toFixed(6)}`);
  for (const { limit } of report.limits) expect(text).toContain(limit);
});
