import { TextDecoder } from 'node:util';

/** Decoders of the platform by defined term of Specific Character Set (PS3.3 section C.12.1.1.2). */
const encodings: Readonly<Record<string, string>> = {
  '': 'windows-1252',
  'ISO_IR 6': 'windows-1252',
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO 2022 IR 6': 'windows-1252',
  'ISO 2022 IR 100': 'windows-1252',
  'ISO 2022 IR 101': 'iso-8859-2',
  'ISO 2022 IR 109': 'iso-8859-3',
  'ISO 2022 IR 110': 'iso-8859-4',
  'ISO 2022 IR 144': 'iso-8859-5',
  'ISO 2022 IR 127': 'iso-8859-6',
  'ISO 2022 IR 126': 'iso-8859-7',
  'ISO 2022 IR 138': 'iso-8859-8',
  'ISO 2022 IR 148': 'windows-1254',
  'ISO 2022 IR 203': 'iso-8859-15',
  'ISO 2022 IR 166': 'windows-874',
  'ISO 2022 IR 13': 'shift_jis',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 159': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb18030',
};

const escapeByte = 0x1b;

/** Escape sequences that change what the upper half stands for (PS3.3 Table C.12-3 and C.12-4). */
const upperHalves: readonly (readonly [sequence: string, encoding: string])[] = [
  ['\x1b-A', 'windows-1252'],
  ['\x1b-B', 'iso-8859-2'],
  ['\x1b-C', 'iso-8859-3'],
  ['\x1b-D', 'iso-8859-4'],
  ['\x1b-L', 'iso-8859-5'],
  ['\x1b-G', 'iso-8859-6'],
  ['\x1b-F', 'iso-8859-7'],
  ['\x1b-H', 'iso-8859-8'],
  ['\x1b-M', 'windows-1254'],
  ['\x1b-b', 'iso-8859-15'],
  ['\x1b-T', 'windows-874'],
  ['\x1b)I', 'shift_jis'],
  ['\x1b$)C', 'euc-kr'],
  ['\x1b$)A', 'gb18030'],
];

/**
 * A decoder for the strings of a data set.
 * @param terms values of Specific Character Set (0008,0005)
 */
export function decoderOf(terms: readonly string[]): (bytes: Uint8Array) => string {
  const first = encodings[terms[0]?.trim() ?? ''] ?? 'windows-1252';
  const plain = new TextDecoder(first === 'iso-2022-jp' ? 'windows-1252' : first);
  return (bytes) => (bytes.includes(escapeByte) ? withEscapes(bytes, plain) : plain.decode(bytes));
}

/** Decodes run by run: Japanese sets by their own decoder, the others by what the last escape chose. */
function withEscapes(bytes: Uint8Array, plain: TextDecoder): string {
  const text = Buffer.from(bytes).toString('latin1');
  let decoder = plain;
  let decoded = '';
  for (const run of runsOf(text)) {
    if (!run.startsWith('\x1b')) {
      decoded += decoder.decode(Buffer.from(run, 'latin1'));
      continue;
    }
    const chosen = upperHalves.find(([sequence]) => run.startsWith(sequence));
    if (chosen) {
      decoder = new TextDecoder(chosen[1]);
      decoded += decoder.decode(Buffer.from(run.slice(chosen[0].length), 'latin1'));
    } else if (run.startsWith('\x1b(I')) {
      decoded += new TextDecoder('shift_jis').decode(
        Buffer.from(run.slice(3), 'latin1').map((byte) => byte | 0x80),
      );
    } else {
      decoded += new TextDecoder('iso-2022-jp').decode(Buffer.from(run, 'latin1'));
    }
  }
  return decoded;
}

/** Splits before every escape. */
function runsOf(text: string): string[] {
  const [first = '', ...escaped] = text.split('\x1b');
  return [first, ...escaped.map((run) => `\x1b${run}`)];
}
