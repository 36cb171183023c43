import fc from 'fast-check';
import { londonDay } from '../../../lambda/platform/clock';
import { endOfLondonDay } from '../../../lambda/register/london-day';

describe('the end of a day in London', () => {
  test.each([
    ['in winter', '2026-12-31', '2026-12-31T23:59:59.000Z'],
    ['in summer', '2027-07-01', '2027-07-01T22:59:59.000Z'],
    ['on the day clocks go forward', '2027-03-28', '2027-03-28T22:59:59.000Z'],
    ['on the day before clocks go forward', '2027-03-27', '2027-03-27T23:59:59.000Z'],
    ['on the day clocks go back', '2027-10-31', '2027-10-31T23:59:59.000Z'],
    ['on the day before clocks go back', '2027-10-30', '2027-10-30T22:59:59.000Z'],
    ['on a leap day', '2028-02-29', '2028-02-29T23:59:59.000Z'],
  ])('%s', (_when, date, instant) => {
    expect(endOfLondonDay(date).toISOString()).toBe(instant);
  });

  test('is on that day, and a second later it is the next day', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1996-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          const end = endOfLondonDay(day);
          expect(londonDay(end)).toBe(day);
          expect(londonDay(new Date(end.getTime() + 1000)) > day).toBe(true);
        },
      ),
      { seed: 1, numRuns: 1000 },
    );
  });
});
