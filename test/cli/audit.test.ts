import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { piecesOf } from '../../cli/audit/history-client';
import { formats } from '../../cli/audit/history-rows';
import { membersNamed } from '../../cli/audit/study-access';
import type { RecordedEvent } from '../../lambda/register/event-chain.contract';

const hash = '0'.repeat(64);
const event = (changes: Partial<RecordedEvent>): RecordedEvent => ({
  type: 'grant-given',
  chain: `p-${'0'.repeat(26)}`,
  sequence: 1,
  at: '2026-11-02T09:00:00.000Z',
  actor: `r-${'1'.repeat(26)}`,
  previousHash: hash,
  hash,
  data: {},
  ...changes,
});

describe('an export as CSV', () => {
  it('has no cell that a spreadsheet would take for a formula, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string(), (sign, rest) => {
        const line = formats.csv.line({
          kind: 'event',
          event: event({ type: `${sign}${rest}`, actor: `${sign}1` }),
        });
        const [cells = []] = parse(line, { record_delimiter: '\r\n' }) as string[][];
        expect(cells[4]).toBe(`'${sign}${rest}`);
        expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      }),
      { seed: 30 },
    );
  });

  it('has as many cells as its heading', () => {
    const columns = formats.csv.heading.trimEnd().split(',').length;
    const [cells = []] = parse(formats.csv.line({ kind: 'event', event: event({}) })) as string[][];
    expect(cells).toHaveLength(columns);
  });
});

it('a period is asked for in pieces of 31 days that touch and do not overlap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), (days) => {
      const from = '2026-01-01';
      const to = new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
      const pieces = piecesOf({ from, to });
      expect([pieces[0]?.from, pieces.at(-1)?.to]).toEqual([from, to]);
      for (const [index, piece] of pieces.entries()) {
        const length = (Date.parse(piece.to) - Date.parse(piece.from)) / 86_400_000 + 1;
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(31);
        const following = pieces[index + 1];
        if (following) expect(Date.parse(following.from) - Date.parse(piece.to)).toBe(86_400_000);
      }
    }),
    { seed: 30 },
  );
});

it('members are read from events of any kind that list some', () => {
  const [one, other] = [`r-${'2'.repeat(26)}`, `r-${'3'.repeat(26)}`];
  expect(
    membersNamed([
      event({ data: { members: [one], grantId: 'g' } }),
      event({ type: 'of-a-later-version', data: { member: other, note: one } }),
      event({ data: { members: ['applicant-1'] } }),
    ]).sort(),
  ).toEqual([one, other]);
});
