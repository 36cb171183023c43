import fc from 'fast-check';
import { trimPadding } from '../../../dicom/data-set/data-element';

describe('padding of text', () => {
  it.each([
    ['', ''],
    ['  ', ''],
    [' \0', ''],
    ['a', 'a'],
    ['  a b \0\0 ', 'a b'],
    ['\0a', '\0a'],
    ['\ta\t', '\ta\t'],
  ])('%j without it is %j', (text, trimmed) => expect(trimPadding(text)).toBe(trimmed));

  it('is taken off both ends and nowhere else', () => {
    const characters = fc.string({ unit: fc.constantFrom(' ', '\0', 'a', '\t') });
    fc.assert(
      fc.property(characters, (text) => expect(trimPadding(text)).toBe(text.replace(/^ +|[ \0]+$/g, ''))),
    );
  });

  it('costs no more than the length of the text, where a million spaces stand inside of it', () => {
    const text = `a${' '.repeat(1_000_000)}b`;
    expect(trimPadding(text)).toBe(text);
  });
});
