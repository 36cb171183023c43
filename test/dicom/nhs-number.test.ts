import fc from 'fast-check';
import { parseNhsNumber, passesModulus11 } from '../../dicom/nhs-number';

const nineDigits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 });

function withCheckDigit(digits: readonly number[]): string | null {
  const sum = digits.reduce((total, digit, index) => total + digit * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : [...digits, check].join('');
}

describe('an NHS number', () => {
  it.each([
    '9434765919',
    '943 476 5919',
    '943-476-5919',
    '943\u00a0476\u00a05919',
    ' 943\u2011476\u20115919 ',
  ])('is read in the spelling %j', (text) => expect(parseNhsNumber(text)).toBe('9434765919'));

  it.each(['9434765918', '943476591', '94347659190', 'A434765919', '', '0000000000', '1111111111'])(
    'is not %j',
    (text) => expect(parseNhsNumber(text)).toBeNull(),
  );

  it('passes with its own check digit and with no other', () => {
    fc.assert(
      fc.property(nineDigits, (digits) => {
        const number = withCheckDigit(digits);
        const passing = Array.from({ length: 10 }, (_, last) => digits.join('') + last).filter(
          passesModulus11,
        );
        expect(passing).toEqual(number === null ? [] : [number]);
      }),
    );
  });
});
