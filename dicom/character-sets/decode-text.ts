import { TextDecoder } from 'node:util';
import { type CodePage, escapeSequences, type SpecificCharacterSet } from './specific-character-set';

const decoders = new Map<string, TextDecoder>();

function decoder(label: string): TextDecoder {
  let known = decoders.get(label);
  if (known === undefined) {
    known = new TextDecoder(label);
    decoders.set(label, known);
  }
  return known;
}

const escapeByte = 0x1b;

/** Characters at which a value returns to the initial code page (PS3.5 section 6.1.2.5.3): CR, LF, FF, TAB, `\`, `^`, `=`. */
const isReset = (byte: number): boolean =>
  byte === 0x0a ||
  byte === 0x0c ||
  byte === 0x0d ||
  byte === 0x09 ||
  byte === 0x5c ||
  byte === 0x5e ||
  byte === 0x3d;

function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 0x7e || byte === escapeByte) return false;
  return true;
}

/** Decodes one run of bytes under one code page. */
function decodeRun(bytes: Buffer, page: CodePage | null): string {
  if (bytes.length === 0) return '';
  if (page === null) return bytes.toString('latin1');
  if (page.raise === undefined) return decoder(page.label).decode(bytes);
  const raised: number[] = [];
  for (const byte of bytes) {
    if (byte < 0x21 || byte > 0x7e) continue;
    // EUC-JP carries JIS X 0212 behind a single shift three.
    if (page.raise === 'jis-x-0212' && raised.length % 3 === 0) raised.push(0x8f);
    raised.push(byte | 0x80);
  }
  return decoder(page.label).decode(Uint8Array.from(raised));
}

/** The escape sequence after position `at` (which holds ESC): its text and length. */
function escapeAt(bytes: Buffer, at: number): { page: CodePage | null; length: number } | null {
  for (const length of [2, 3]) {
    const text = bytes.toString('latin1', at + 1, at + 1 + length);
    const page = escapeSequences.get(text);
    if (page !== undefined) return { page, length: length + 1 };
  }
  return null;
}

/**
 * Decodes text of a VR that the Specific Character Set governs. Bytes without a meaning become U+FFFD or Latin-1:
 * decoding never fails, and what cannot be read is still there to be searched.
 */
export function decodeText(bytes: Buffer, characterSet: SpecificCharacterSet): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (characterSet.wholeLabel !== null) return decoder(characterSet.wholeLabel).decode(bytes);
  let text = '';
  let page = characterSet.initial;
  let runStart = 0;
  let index = 0;
  while (index < bytes.length) {
    const byte = bytes[index] as number;
    if (byte === escapeByte) {
      text += decodeRun(bytes.subarray(runStart, index), page);
      const sequence = escapeAt(bytes, index);
      page = sequence === null ? page : (sequence.page ?? characterSet.initial);
      index += sequence?.length ?? 1;
      runStart = index;
      continue;
    }
    if (page?.raise === undefined && isReset(byte) && page !== characterSet.initial) {
      text += decodeRun(bytes.subarray(runStart, index), page);
      page = characterSet.initial;
      runStart = index;
    }
    index += 1;
  }
  return text + decodeRun(bytes.subarray(runStart), page);
}
