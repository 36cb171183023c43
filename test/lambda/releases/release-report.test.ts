import fc from 'fast-check';
import { cellsOfTable } from '../../../lambda/releases/release-report';
import { publishedCounts } from '../../../statistics/disclosure/count-rule';
import { protectGroups } from '../../../statistics/disclosure/protect-table';
import { publishCount } from '../../../statistics/disclosure/published-count';

const shown = (value: number) => ({ kind: 'shown', value }) as const;
const suppressed = { kind: 'suppressed' } as const;

it('a suppressed group holds at most what the total leaves', () => {
  // 490 to 509 in all, 470 to 489 of them shown
  expect(cellsOfTable(shown(500), [shown(480), suppressed, suppressed])).toEqual([
    { shown: 480 },
    { suppressed: true, atMost: 39 },
    { suppressed: true, atMost: 39 },
  ]);
});

it('where more than a tenth is left, or the total is not shown, nothing is said of it', () => {
  expect(cellsOfTable(shown(500), [suppressed, suppressed])).toEqual([
    { suppressed: true },
    { suppressed: true },
  ]);
  expect(cellsOfTable(shown(500), [shown(440), suppressed])).toEqual([{ shown: 440 }, { suppressed: true }]);
  expect(cellsOfTable(suppressed, [suppressed])).toEqual([{ suppressed: true }]);
});

it('what is said of a suppressed group is true, whatever it was suppressed for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 12 }), (groups) => {
      const total = groups.reduce((sum, count) => sum + count, 0);
      const cells = cellsOfTable(publishCount(total), protectGroups(groups, publishedCounts));
      cells.forEach((cell, at) => {
        if ('suppressed' in cell && cell.atMost !== undefined)
          expect(groups[at]).toBeLessThanOrEqual(cell.atMost);
      });
    }),
    { seed: 50, numRuns: 500 },
  );
});
