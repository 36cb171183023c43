import { decodeText } from '../character-sets/decode-text';
import { parseSpecificCharacterSet } from '../character-sets/specific-character-set';
import { type DataSet, find, trimPadding, valueBytes } from '../data-set/data-element';
import { tags } from '../data-set/tag';
import { implicitVr } from '../dictionary/data-dictionary';
import { kindOf } from '../identifiers/collect-identifying-values';
import { type IdentifyingValues, shortestInside } from '../identifiers/identifying-values';
import { compact } from '../identifiers/normalise-text';
import { safePrivateVr } from '../policy/safe-private';
import { ProofFailure } from './proof-failure';
import { formatPlace, type Place, walkElements } from './walk-elements';

export interface SearchContext {
  readonly identifying: IdentifyingValues;
  /** Prefix of the UIDs that the engine makes: their digits meet short numbers by chance. */
  readonly uidPrefix: string;
  /** Pseudonyms that the engine put in; their characters mean nothing. */
  readonly pseudonyms: ReadonlySet<string>;
  readonly source: DataSet;
}

const numericText = new Set(['DS', 'IS']);
const temporal = new Set(['DA', 'DT', 'TM']);
const text = new Set(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/**
 * Identifying values as other programs might have encoded them inside values: as their bytes stood, in another case, in
 * UTF-8, and in UTF-16, of which nothing is left here but its letters. One character a byte; to be searched for in
 * `withoutNulls`.
 */
export function encodedForms(identifying: IdentifyingValues): readonly string[] {
  const forms = new Set<string>();
  for (const value of identifying.raw.keys()) {
    forms.add(value);
    forms.add(value.toUpperCase());
    forms.add(value.toLowerCase());
    if (/[\x80-\xff]/.test(value)) forms.add(Buffer.from(value, 'utf8').toString('latin1'));
  }
  for (const value of [...identifying.uids, ...identifying.numbers]) if (value.length >= 10) forms.add(value);
  return [...forms].map((form) => form.replaceAll('\0', '')).filter((form) => form.length >= shortestInside);
}

/** Bytes as text, one character each, the nulls left out: text in UTF-16 reads like text in one byte a letter. */
function withoutNulls(bytes: Buffer): string {
  const left = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (const byte of bytes) {
    left[length] = byte;
    if (byte !== 0) length += 1;
  }
  return left.toString('latin1', 0, length);
}

/** Whether text out of a compressed frame or a binary value holds something identifying. */
export function holdsIdentifyingText(bytes: Buffer, identifying: IdentifyingValues): boolean {
  const readings = [bytes.toString('latin1'), bytes.toString('utf8')];
  if (bytes.length % 2 === 0)
    readings.push(bytes.toString('utf16le'), Buffer.from(bytes).swap16().toString('utf16le'));
  return readings.some((reading) => identifying.holdsText(reading) || holdsUid(reading, identifying));
}

const holdsUid = (reading: string, identifying: IdentifyingValues): boolean => {
  for (const uid of identifying.uids) if (uid.length >= 10 && reading.includes(uid)) return true;
  return false;
};

/** The value at the same place of the source; null where there is none. */
function sourceText(place: Place, source: DataSet): string | null {
  const item = place.parent === null ? source : sourceItem(place.parent, place.item, source);
  const element = item === undefined ? undefined : find(item, place.tag);
  if (element === undefined || element.items !== null) return null;
  return trimPadding(valueBytes(element).toString('latin1'));
}

function sourceItem(sequence: Place, item: number, source: DataSet): DataSet | undefined {
  const holder = sequence.parent === null ? source : sourceItem(sequence.parent, sequence.item, source);
  return holder === undefined ? undefined : find(holder, sequence.tag)?.items?.[item];
}

/**
 * Searches encoded data elements of an output for everything identifying that its source held, `forms` being its
 * `encodedForms`. Throws `ProofFailure` at the first hit. What stands in the engine's own pseudonyms and UIDs is compared
 * with whole UIDs only.
 */
export function searchElements(
  bytes: Buffer,
  encoding: { readonly explicit: boolean; readonly littleEndian: boolean },
  context: SearchContext,
  forms: readonly string[],
): void {
  if (bytes.length === 0) return;
  const { identifying } = context;
  const letters = withoutNulls(bytes);
  for (const form of forms)
    if (letters.includes(form)) throw new ProofFailure(placeOf(bytes, form, encoding));
  // Bytes of numbers meet a word of 6 letters, or a number of 8 digits, by chance once in 10^12.
  const inBinary = [...identifying.words, ...identifying.numbers].filter(
    (word) => word.length >= (/^\d+$/.test(word) ? 8 : shortestInside),
  );
  const creators = new Map<number, string>();
  let characterSet = parseSpecificCharacterSet('');
  const vrOf = (tag: number): string => {
    if ((tag >>> 16) % 2 === 0) return implicitVr(tag);
    const creator = creators.get(((tag >>> 16) << 8) | ((tag >>> 8) & 0xff)) ?? '';
    return safePrivateVr(tag, creator) ?? implicitVr(tag);
  };
  walkElements(bytes, encoding, vrOf, (place, vr, value) => {
    const fail = (): never => {
      throw new ProofFailure(formatPlace(place));
    };
    const ascii = trimPadding(value.toString('latin1'));
    if (place.tag === tags.specificCharacterSet && place.parent === null)
      characterSet = parseSpecificCharacterSet(ascii);
    if ((place.tag >>> 16) % 2 === 1 && (place.tag & 0xffff) < 0x100) {
      creators.set(((place.tag >>> 16) << 8) | (place.tag & 0xff), ascii);
    }
    if (value.length === 0) return;
    if (vr === 'UI') {
      for (const uid of ascii.split('\\')) if (identifying.uids.has(uid)) fail();
      if (!ascii.startsWith(context.uidPrefix) && identifying.holdsText(ascii)) fail();
      return;
    }
    if (temporal.has(vr)) {
      if (vr !== 'TM' && ascii.length >= 8 && ascii === sourceText(place, context.source)) fail();
      return;
    }
    if (numericText.has(vr)) {
      for (const number of ascii.split('\\')) if (identifying.isKnownNumber(number)) fail();
      return;
    }
    if (text.has(vr)) {
      if (context.pseudonyms.has(ascii)) return;
      const decoded = decodeText(value, characterSet);
      if (identifying.holdsText(decoded) || holdsUid(decoded, identifying)) fail();
      if (kindOf(place.tag) !== null && ascii !== '' && ascii === sourceText(place, context.source)) fail();
      return;
    }
    const readable = value.toString('latin1').toLowerCase();
    for (const word of inBinary) if (readable.includes(word)) fail();
    if (vr === 'UN' || vr === 'OB') {
      const compacted = compact(readable);
      for (const phrase of identifying.phrases) {
        if (!/^\d+$/.test(phrase) && compacted.includes(phrase)) fail();
      }
    }
  });
}

/** The place of a hit found in raw bytes: the innermost element whose value holds it. */
function placeOf(
  bytes: Buffer,
  form: string,
  encoding: { readonly explicit: boolean; readonly littleEndian: boolean },
): string | null {
  let found: string | null = null;
  walkElements(bytes, encoding, implicitVr, (place, _vr, value) => {
    if (found === null && withoutNulls(value).includes(form)) found = formatPlace(place);
  });
  return found;
}
