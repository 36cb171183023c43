import { groupOf, isPrivate, isPrivateCreator, parseTag, type Tag } from '../data-set/tag';
import tables from './data-elements.data.json';

/** A row of the data dictionary (PS3.6). */
export interface DictionaryEntry {
  /** One VR, or alternatives joined by `/`; `-` where the standard gives none. */
  readonly vr: string;
  readonly keyword: string;
  readonly retired: boolean;
}

const parseRow = (line: string): [string, DictionaryEntry] => {
  const [tag = '', vr = '-', keyword = '-', retired] = line.split(' ');
  return [tag, { vr, keyword, retired: retired === 'R' }];
};

const entries = new Map<Tag, DictionaryEntry>(
  tables.elements.split('\n').map((line) => {
    const [tag, entry] = parseRow(line);
    return [parseTag(tag), entry];
  }),
);

/** Rows of repeating groups: the fixed digits under a mask. */
const repeating = tables.repeatingGroups.split('\n').map((line) => {
  const [pattern, entry] = parseRow(line);
  const mask = parseTag(pattern.replace(/[^x]/g, 'f').replace(/x/g, '0'));
  return { mask, fixed: parseTag(pattern.replace(/x/g, '0')), entry };
});

export function lookUp(tag: Tag): DictionaryEntry | undefined {
  const entry = entries.get(tag);
  if (entry !== undefined) return entry;
  const group = groupOf(tag);
  const repeats = (group >= 0x5000 && group <= 0x60ff) || (group & 0xff00) === 0x7f00 || group === 0x0020;
  if (!repeats && group !== 0x0028 && group !== 0x1000 && group !== 0x1010) return undefined;
  return repeating.find((row) => (tag & row.mask) >>> 0 === row.fixed)?.entry;
}

/**
 * VR of an element of implicit encoding, or of one that says UN. Where the standard gives alternatives, the one of
 * PS3.5 annex A.1: OW for OB or OW, US for US or SS. UN where nothing is known.
 */
export function implicitVr(tag: Tag): string {
  if (isPrivate(tag)) return isPrivateCreator(tag) ? 'LO' : 'UN';
  if ((tag & 0xffff) === 0) return 'UL';
  const vr = lookUp(tag)?.vr ?? 'UN';
  if (vr.length === 2) return vr;
  if (vr.includes('OW')) return 'OW';
  return vr.includes('US') ? 'US' : 'UN';
}

/** All rows without wildcards, for building the policy. */
export const dictionaryRows = (): Iterable<[Tag, DictionaryEntry]> => entries;
