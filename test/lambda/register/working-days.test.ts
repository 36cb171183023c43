import { bankHolidays, workingDaysAfter } from '../../../lambda/register/working-days';

/** As published on gov.uk for England and Wales, but for holidays proclaimed for one year alone. */
const published: Record<number, string[]> = {
  2021: ['01-01', '04-02', '04-05', '05-03', '05-31', '08-30', '12-27', '12-28'],
  2022: ['01-03', '04-15', '04-18', '05-02', '05-30', '08-29', '12-26', '12-27'],
  2025: ['01-01', '04-18', '04-21', '05-05', '05-26', '08-25', '12-25', '12-26'],
  2026: ['01-01', '04-03', '04-06', '05-04', '05-25', '08-31', '12-25', '12-28'],
  2027: ['01-01', '03-26', '03-29', '05-03', '05-31', '08-30', '12-27', '12-28'],
  2028: ['01-03', '04-14', '04-17', '05-01', '05-29', '08-28', '12-25', '12-26'],
};

test.each(Object.keys(published).map(Number))('bank holidays of %i are those of England', (year) => {
  expect(bankHolidays(year)).toEqual(published[year]?.map((day) => `${year}-${day}`));
});

test.each([
  ['the day itself', '2026-11-02', '2026-11-02', 0],
  ['the day after', '2026-11-02', '2026-11-03', 1],
  ['over a weekend', '2026-11-06', '2026-11-09', 1],
  ['from a Saturday', '2026-11-07', '2026-11-09', 1],
  ['over Christmas and the new year', '2026-12-24', '2027-01-04', 4],
  ['four weeks', '2026-11-02', '2026-11-30', 20],
  ['a day before', '2026-11-03', '2026-11-02', 0],
])('working days: %s', (_case, from, to, days) => {
  expect(workingDaysAfter(from, to)).toBe(days);
});
