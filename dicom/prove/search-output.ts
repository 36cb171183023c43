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

/** Identifying values as other programs might have encoded them inside binary values. */
export function encodedForms(identifying: IdentifyingValues): Buffer[] {
  const forms: Buffer[] = [];
  for (const [value, bytes] of identifying.raw) {
    forms.push(bytes, Buffer.from(value, 'utf16le'), Buffer.from(value, 'utf16le').swap16());
    forms.push(Buffer.from(value.toUpperCase(), 'latin1'), Buffer.from(value.toLowerCase(), 'latin1'));
    forms.push(Buffer.from(value, 'utf8'));
  }
  for (const uid of identifying.uids) if (uid.length >= 10) forms.push(Buffer.from(uid, 'latin1'));
  for (const number of identifying.numbers)
    if (number.length >= 10) forms.push(Buffer.from(number, 'latin1'));
  return forms;
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
 * Searches encoded data elements of an output for everything identifying that its source held. Throws `ProofFailure`
 * at the first hit. What stands in the engine's own pseudonyms and UIDs is compared with whole UIDs only.
 */
export function searchElements(
  bytes: Buffer,
  encoding: { readonly explicit: boolean; readonly littleEndian: boolean },
  context: SearchContext,
): void {
  const { identifying } = context;
  const forms = encodedForms(identifying);
  for (const form of forms)
    if (form.length >= 6 && bytes.includes(form)) throw new ProofFailure(placeOf(bytes, form, encoding));
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
      for (const number of ascii.split('\\'))
        if (number.length >= 6 && identifying.numbers.has(number.trim())) fail();
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
    for (const word of [...identifying.words, ...identifying.numbers]) {
      // Bytes of numbers meet a word of 6 letters, or a number of 8 digits, by chance once in 10^12.
      if (word.length >= (/^\d+$/.test(word) ? 8 : shortestInside) && readable.includes(word)) fail();
    }
    if (vr === 'UN' || vr === 'OB') {
      const letters = compact(readable);
      for (const phrase of identifying.phrases) {
        if (!/^\d+$/.test(phrase) && letters.includes(phrase)) fail();
      }
    }
  });
}

/** The place of a hit found in raw bytes: the innermost element whose value holds it. */
function placeOf(
  bytes: Buffer,
  form: Buffer,
  encoding: { readonly explicit: boolean; readonly littleEndian: boolean },
): string | null {
  let found: string | null = null;
  walkElements(bytes, encoding, implicitVr, (place, _vr, value) => {
    if (found === null && value.includes(form)) found = formatPlace(place);
  });
  return found;
}
