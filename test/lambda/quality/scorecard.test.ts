import fc from 'fast-check';
import { quarantineCodes } from '../../../dicom/quarantine/quarantine-codes';
import { outcomes } from '../../../lambda/deidentification/pipeline.contract';
import { isoWeek, mondayOf, weekOfDay } from '../../../lambda/quality/iso-week.contract';
import { questionsOf } from '../../../lambda/quality/lake-facts';
import { endedWeeks, londonWeek } from '../../../lambda/quality/london-week';
import { daysUntil, ledgerScorecard, nearestRank } from '../../../lambda/quality/scorecard';
import { countOutcomes, countQuarantine, totalsForLedger } from '../../../lambda/submission/receipt';
import type { SubmissionRecord } from '../../../lambda/submission/submission.contract';

const week = londonWeek('2026-W48');
const hour = 3_600_000;

const record = (index: number, finishedAt: string, change: object = {}): SubmissionRecord =>
  ({
    id: `s-${String(index).padStart(26, '0')}`,
    trust: 'RX1',
    collection: 'chest',
    fileCount: 10,
    totalBytes: 1_000,
    createdAt: '2026-11-20T08:00:00.000Z',
    createdBy: 'sender',
    completedAt: '2026-11-24T08:00:00.000Z',
    state: 'done',
    finishedAt,
    totals: { imported: 10, duplicateOrWithheld: 0, quarantined: 0, missing: 0 },
    quarantine: {},
    ...change,
  }) as SubmissionRecord;

describe('a week', () => {
  it('is named by the year of its Thursday', () => {
    const days = ['2026-11-29', '2026-11-30', '2026-12-31', '2027-01-01', '2027-01-04', '2024-12-30'];
    expect(days.map(weekOfDay)).toEqual([
      '2026-W48',
      '2026-W49',
      '2026-W53',
      '2026-W53',
      '2027-W01',
      '2025-W01',
    ]);
    expect(mondayOf('2026-W48')).toBe('2026-11-23');
    expect(isoWeek.safeParse('2026-W53').success).toBe(true);
    expect(isoWeek.safeParse('2025-W53').success).toBe(false);
    expect(isoWeek.safeParse('2026-W00').success).toBe(false);
  });

  it('of any day begins on the Monday on or before it', () => {
    const anyDay = fc
      .integer({ min: 0, max: 36_000 })
      .map((days) => new Date(days * 24 * hour + 946_684_800_000));
    fc.assert(
      fc.property(anyDay, (time) => {
        const day = time.toISOString().slice(0, 10);
        const since = daysUntil(mondayOf(weekOfDay(day)), day);
        expect(since).toBeGreaterThanOrEqual(0);
        expect(since).toBeLessThanOrEqual(6);
      }),
      { seed: 461, numRuns: 500 },
    );
  });

  it('runs from midnight to midnight in London, over a change of clocks too', () => {
    expect([week.from, week.until].map((each) => each.toISOString())).toEqual([
      '2026-11-23T00:00:00.000Z',
      '2026-11-30T00:00:00.000Z',
    ]);
    const { from, until } = londonWeek('2026-W43');
    expect([from, until].map((each) => each.toISOString())).toEqual([
      '2026-10-18T23:00:00.000Z',
      '2026-10-26T00:00:00.000Z',
    ]);
  });

  it('counts as ended from the midnight after its Sunday', () => {
    const names = (now: string) => endedWeeks(new Date(now), 2).map((each) => each.week);
    expect(names('2026-11-29T23:59:59Z')).toEqual(['2026-W46', '2026-W47']);
    expect(names('2026-11-30T00:00:00Z')).toEqual(['2026-W47', '2026-W48']);
  });
});

const file = fc.record({ outcome: fc.constantFrom(...outcomes), code: fc.constantFrom(...quarantineCodes) });
const receipt = fc.record({
  files: fc.array(file, { minLength: 1, maxLength: 12 }),
  /** Hours after the beginning of the week: some of the week before, some of the one after. */
  finished: fc.integer({ min: -24, max: 8 * 24 }),
  replay: fc.boolean(),
});

it('the sums of scorecards are the sums of all receipts, each in exactly one week', () => {
  fc.assert(
    fc.property(fc.array(receipt, { maxLength: 8 }), (receipts) => {
      const withCodes = receipts.map(({ files, ...rest }) => ({
        ...rest,
        files: files.map(({ outcome, code }) =>
          outcome === 'quarantined' ? { outcome, code } : { outcome },
        ),
      }));
      const records = withCodes.map(({ files, finished, replay }, index) =>
        record(index, new Date(week.from.getTime() + finished * hour).toISOString(), {
          fileCount: files.length,
          completedAt: '2026-11-20T08:00:00.000Z',
          totals: totalsForLedger(countOutcomes(files)),
          quarantine: countQuarantine(files),
          ...(replay && { replayOf: ['s-00000000000000000000000009'] }),
        }),
      );
      const cards = ['2026-W47', '2026-W48', '2026-W49'].map((each) =>
        ledgerScorecard(records, londonWeek(each)),
      );
      const parts = cards.flatMap(({ delivered, replayed }) => [delivered, replayed]);
      const all = withCodes.flatMap(({ files }) => files);
      const expected = totalsForLedger(countOutcomes(all));
      for (const outcome of Object.keys(expected) as (keyof typeof expected)[])
        expect(parts.reduce((sum, { files }) => sum + files[outcome], 0)).toBe(expected[outcome]);
      const codes = countQuarantine(all);
      for (const code of quarantineCodes)
        expect(parts.reduce((sum, { quarantine }) => sum + (quarantine[code] ?? 0), 0)).toBe(
          codes[code] ?? 0,
        );
      for (const { files, quarantine } of parts)
        expect(Object.values(quarantine).reduce((sum, each) => sum + each, 0)).toBe(files.quarantined);
      expect(parts.reduce((sum, { submissions }) => sum + submissions, 0)).toBe(records.length);
    }),
    { seed: 462, numRuns: 200 },
  );
});

it('a submission that ends between two weeks is of the later', () => {
  const records = [record(1, week.until.toISOString())];
  expect(ledgerScorecard(records, week).delivered.submissions).toBe(0);
  expect(ledgerScorecard(records, londonWeek('2026-W49')).delivered.submissions).toBe(1);
});

it('delays are those from completion to receipt, without replays', () => {
  const after = (index: number, hours: number, change = {}) =>
    record(index, new Date(Date.parse('2026-11-24T08:00:00.000Z') + hours * hour).toISOString(), change);
  const records = [
    ...Array.from({ length: 10 }, (_, index) => after(index, index + 1)),
    after(20, 90, { replayOf: ['s-00000000000000000000000009'] }),
  ];
  expect(ledgerScorecard(records, week).delay).toEqual({
    medianSeconds: 5.5 * 3_600,
    ninetiethSeconds: 9 * 3_600,
  });
  expect(ledgerScorecard([], week).delay).toBeNull();
  expect([nearestRank([], 0.9), nearestRank([7], 0.9), nearestRank([1, 2], 0.9)]).toEqual([null, 7, 2]);
});

it('the backlog is what was completed and had no receipt at the end of the week, whatever came later', () => {
  const waiting = record(1, '2026-12-02T08:00:00.000Z', { completedAt: '2026-11-28T00:00:00.000Z' });
  const { finishedAt: _, totals: __, quarantine: ___, ...stopped } = waiting as Record<string, unknown>;
  const records = [
    waiting,
    { ...stopped, state: 'stopped', failedStep: 'Import', failure: 'x', fileCount: 5 } as SubmissionRecord,
    record(3, '2026-11-25T08:00:00.000Z'),
    record(4, '2026-12-03T08:00:00.000Z', { completedAt: '2026-12-01T08:00:00.000Z' }),
    { ...stopped, state: 'open', completedAt: undefined } as unknown as SubmissionRecord,
  ];
  expect(ledgerScorecard(records, week).backlog).toEqual({
    submissions: 2,
    files: 15,
    oldestSeconds: 2 * 86_400,
  });
});

it('a trust stays in one question, and questions stay short', () => {
  expect(questionsOf([['a', 'b'], [], ['c'], ['d', 'e'], ['f', 'g', 'h', 'i']], 3)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
    ['f', 'g', 'h', 'i'],
  ]);
});
