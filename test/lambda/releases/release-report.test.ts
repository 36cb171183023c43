import fc from 'fast-check';
import { cellsOfTable } from '../../../lambda/releases/release-report';
import { protectCount } from '../../../statistics/disclosure/protect-count';
import { protectGroups } from '../../../statistics/disclosure/protect-table';

const shown = (value: number) => ({ kind: 'shown', value }) as const;
const suppressed = { kind: 'suppressed' } as const;

it('a suppressed group holds at most what the total leaves', () => {
  // 498 to 502 in all, 468 to 472 of them shown
  expect(cellsOfTable(shown(500), [shown(470), suppressed, suppressed])).toEqual([
    { shown: 470 },
    { suppressed: true, atMost: 34 },
    { suppressed: true, atMost: 34 },
  ]);
});

it('where more than a tenth is left, or the total is not shown, nothing is said of it', () => {
  expect(cellsOfTable(shown(500), [suppressed, suppressed])).toEqual([
    { suppressed: true },
    { suppressed: true },
  ]);
  expect(cellsOfTable(shown(500), [shown(445), suppressed])).toEqual([{ shown: 445 }, { suppressed: true }]);
  expect(cellsOfTable(suppressed, [suppressed])).toEqual([{ suppressed: true }]);
});

it('what is said of a suppressed group is true, whatever it was suppressed for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 12 }), (groups) => {
      const total = groups.reduce((sum, count) => sum + count, 0);
      const cells = cellsOfTable(protectCount(total), protectGroups(groups));
      cells.forEach((cell, at) => {
        if ('suppressed' in cell && cell.atMost !== undefined)
          expect(groups[at]).toBeLessThanOrEqual(cell.atMost);
      });
    }),
    { seed: 50, numRuns: 500 },
  );
});
