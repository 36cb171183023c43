import fc from 'fast-check';
import { capAge, shiftDate, shiftDateTime, yearsBetween } from '../../../dicom/deidentify/shift-dates';

const day = fc.date({
  min: new Date('1900-01-01T00:00:00Z'),
  max: new Date('2099-12-31T00:00:00Z'),
  noInvalidDate: true,
});
const asDa = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '');
const asTime = (da: string): number =>
  Date.UTC(Number(da.slice(0, 4)), Number(da.slice(4, 6)) - 1, Number(da.slice(6)));
const shiftOf = fc.integer({ min: 1, max: 730 });

describe('the date shift', () => {
  it('keeps the interval between any two dates', () => {
    fc.assert(
      fc.property(day, day, shiftOf, (first, second, days) => {
        const [from, to] = [asDa(first), asDa(second)];
        const [movedFrom, movedTo] = [shiftDate(from, days) ?? '', shiftDate(to, days) ?? ''];
        expect(asTime(movedTo) - asTime(movedFrom)).toBe(asTime(to) - asTime(from));
        expect(asTime(from) - asTime(movedFrom)).toBe(days * 86_400_000);
      }),
    );
  });

  it('moves a DT by as much as a DA, and keeps its time and offset', () => {
    fc.assert(
      fc.property(day, shiftOf, (date, days) => {
        const da = asDa(date);
        expect(shiftDateTime(`${da}235959.123456+0100`, days)).toBe(
          `${shiftDate(da, days)}235959.123456+0100`,
        );
      }),
    );
  });

  it.each([
    ['20240301', 1, '20240229'],
    ['20230301', 1, '20230228'],
    ['20240101', 1, '20231231'],
    ['2024.01.01', 1, '20231231'],
  ])('takes %s %i day back to %s', (from, days, to) => expect(shiftDate(from, days)).toBe(to));

  it.each(['20240230', '2024', '20240001', 'tomorrow', '2024-01-01', '00010101'])(
    'takes no date %j',
    (text) => expect(shiftDate(text, 400)).toBeNull(),
  );

  it('keeps the precision of a DT', () => {
    expect(shiftDateTime('2024', 40)).toBe('2023');
    expect(shiftDateTime('202403', 40)).toBe('202401');
    expect(shiftDateTime('20240301', 1)).toBe('20240229');
    expect(shiftDateTime('2024123456', 1)).toBeNull();
  });
});

describe('ages', () => {
  it.each([
    ['089Y', '089Y'],
    ['090Y', '090Y'],
    ['091Y', '090Y'],
    ['104Y', '090Y'],
    ['999M', '999M'],
    ['45Y', '045Y'],
    ['003W', '003W'],
  ])('%s becomes %s', (from, to) => expect(capAge(from)).toBe(to));

  it('is no age: text, or a name', () => {
    expect(capAge('old')).toBeNull();
    expect(capAge('1000Y')).toBeNull();
  });

  it('counts whole years, to the day', () => {
    expect(yearsBetween('20000229', '20240228')).toBe(23);
    expect(yearsBetween('20000229', '20240229')).toBe(24);
    expect(yearsBetween('20240101', '20230101')).toBeNull();
  });
});
