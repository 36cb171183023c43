import { decodeText } from '../../../dicom/character-sets/decode-text';
import { parseSpecificCharacterSet } from '../../../dicom/character-sets/specific-character-set';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

describe('text is decoded by its Specific Character Set', () => {
  // Names of PS3.5 annexes H to K.
  it.each([
    ['ISO_IR 100', bytes('Buc^J', [0xe9], 'r', [0xf4], 'me'), 'Buc^Jérôme'],
    ['ISO_IR 101', bytes([0xa3], 'ukasz'), 'Łukasz'],
    ['ISO_IR 144', bytes([0xbb, 0xee, 0xda, 0x63, 0x65, 0xdc, 0xd1, 0xe3, 0xe0, 0xd3]), 'Люкceмбург'],
    ['ISO_IR 126', bytes([0xc4, 0xe9, 0xef, 0xed, 0xf5, 0xf3, 0xe9, 0xef, 0xf2]), 'Διονυσιος'],
    ['ISO_IR 127', bytes([0xe2, 0xc8, 0xc7, 0xe6, 0xea]), 'قباني'],
    ['ISO_IR 138', bytes([0xf9, 0xf8, 0xe5, 0xef]), 'שרון'],
    ['ISO_IR 148', bytes([0xdd], 'stanbul'), 'İstanbul'],
    ['ISO_IR 166', bytes([0xb9, 0xd2, 0xc2]), 'นาย'],
    ['ISO_IR 13', bytes([0xd4, 0xcf, 0xc0, 0xde]), 'ﾔﾏﾀﾞ'],
    ['ISO_IR 192', Buffer.from('Wáng^小東'), 'Wáng^小東'],
    ['GB18030', bytes('Wang=', [0xcd, 0xf5, 0x5e, 0xd0, 0xa1, 0xb6, 0xab]), 'Wang=王^小东'],
    ['GBK', bytes([0xcd, 0xf5]), '王'],
    [
      '\\ISO 2022 IR 87',
      bytes('Yamada^Tarou=', [0x1b], '$B;3ED', [0x1b], '(B^', [0x1b], '$BB@O:', [0x1b], '(B'),
      'Yamada^Tarou=山田^太郎',
    ],
    [
      '\\ISO 2022 IR 149',
      bytes('Hong^Gildong=', [0x1b], '$)C', [0xfb, 0xf3], '^', [0x1b], '$)C', [0xd1, 0xce, 0xd4, 0xd7]),
      'Hong^Gildong=洪^吉洞',
    ],
    ['\\ISO 2022 IR 58', bytes('Zhang=', [0x1b], '$)A', [0xd5, 0xc5]), 'Zhang=张'],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', bytes([0xe9], [0x1b], '-L', [0xbb, 0xee]), 'éЛю'],
    ['ISO-IR 100', bytes('J', [0xe9]), 'Jé'],
  ])('%s', (term, value, decoded) =>
    expect(decodeText(value, parseSpecificCharacterSet(term))).toBe(decoded),
  );

  it('knows which terms it does not know', () => {
    expect(parseSpecificCharacterSet('ISO_IR 999').known).toBe(false);
    expect(parseSpecificCharacterSet('KLINGON').known).toBe(false);
    expect(parseSpecificCharacterSet('').known).toBe(true);
  });
});
