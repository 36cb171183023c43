/**
 * Specific Character Set (0008,0005), PS3.3 section C.12.1.1.2: defined terms and what they mean for decoding.
 * `g1` decodes bytes above 7F; `escapes` are the ISO 2022 sequences by which a value switches (PS3.3 table C.12-3, -4).
 */
export interface CodePage {
  /** Label of the Encoding Standard for the code table as bytes above 7F. */
  readonly label: string;
  /** The code table is designated to G0 (bytes below 80) and must be raised before decoding. */
  readonly raise?: 'jis-x-0208' | 'jis-x-0212';
}

const singleByte: Readonly<Record<string, string>> = {
  '100': 'windows-1252',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'windows-1254',
  '203': 'iso-8859-15',
  '13': 'shift_jis',
  '166': 'windows-874',
};

/** Escape sequence after ESC (1B) → code page; null returns to ASCII. */
export const escapeSequences: ReadonlyMap<string, CodePage | null> = new Map<string, CodePage | null>([
  ['(B', null],
  ['(J', null],
  [')I', { label: 'shift_jis' }],
  ['-A', { label: 'windows-1252' }],
  ['-B', { label: 'iso-8859-2' }],
  ['-C', { label: 'iso-8859-3' }],
  ['-D', { label: 'iso-8859-4' }],
  ['-L', { label: 'iso-8859-5' }],
  ['-G', { label: 'iso-8859-6' }],
  ['-F', { label: 'iso-8859-7' }],
  ['-H', { label: 'iso-8859-8' }],
  ['-M', { label: 'windows-1254' }],
  ['-b', { label: 'iso-8859-15' }],
  ['-T', { label: 'windows-874' }],
  ['$B', { label: 'euc-jp', raise: 'jis-x-0208' }],
  ['$@', { label: 'euc-jp', raise: 'jis-x-0208' }],
  ['$(D', { label: 'euc-jp', raise: 'jis-x-0212' }],
  ['$)C', { label: 'euc-kr' }],
  ['$)A', { label: 'gbk' }],
]);

export interface SpecificCharacterSet {
  /** Code page of bytes above 7F at the start of a value; null: none, the default repertoire. */
  readonly initial: CodePage | null;
  /** The code table has bytes below 80 as parts of characters (GB18030, GBK) or is UTF-8: decoded as a whole. */
  readonly wholeLabel: string | null;
  /** All defined terms were known. */
  readonly known: boolean;
}

export const defaultRepertoire: SpecificCharacterSet = { initial: null, wholeLabel: null, known: true };

/** Terms are written with every mixture of spaces, underscores and hyphens in practice. */
const normalise = (term: string): string =>
  term
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, ' ');

/** Reads the value of (0008,0005); unknown terms leave `known` false. */
export function parseSpecificCharacterSet(value: string): SpecificCharacterSet {
  const terms = value.split('\\').map(normalise);
  let initial: CodePage | null = null;
  let known = true;
  for (const [index, term] of terms.entries()) {
    if (term === '' || term === 'ISO IR 6' || term === 'ISO 2022 IR 6') continue;
    if (term === 'ISO IR 192') return { initial: null, wholeLabel: 'utf-8', known: true };
    if (term === 'GB18030') return { initial: null, wholeLabel: 'gb18030', known: true };
    if (term === 'GBK') return { initial: null, wholeLabel: 'gbk', known: true };
    const number = /^ISO (?:2022 )?IR (\d+)$/.exec(term)?.[1];
    if (number === undefined) {
      known = false;
      continue;
    }
    const label = singleByte[number];
    if (label !== undefined) {
      if (index === 0) initial = { label };
    } else if (number === '149') {
      if (index === 0 || initial === null) initial = { label: 'euc-kr' };
    } else if (number === '58') {
      if (index === 0 || initial === null) initial = { label: 'gbk' };
    } else if (number !== '87' && number !== '159') known = false;
  }
  return { initial, wholeLabel: null, known };
}
