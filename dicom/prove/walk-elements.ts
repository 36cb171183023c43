import { ProofFailure } from './proof-failure';

/** One step of a path: the tag and, for what stands in a sequence, the item. */
export interface Place {
  readonly tag: number;
  readonly item: number;
  readonly parent: Place | null;
}

export function formatPlace(place: Place): string {
  const hex = place.tag.toString(16).toUpperCase().padStart(8, '0');
  const own = `(${hex.slice(0, 4)},${hex.slice(4)})`;
  return place.parent === null ? own : `${formatPlace(place.parent)}[${place.item}].${own}`;
}

export type Visit = (place: Place, vr: string, value: Buffer) => void;

const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/**
 * Visits every element of an encoded data set that the writer wrote (defined lengths throughout), at all levels.
 * Anything else than that is a failure of the proof. `vrOf` gives the VR where the encoding does not.
 */
export function walkElements(
  bytes: Buffer,
  encoding: { readonly explicit: boolean; readonly littleEndian: boolean },
  vrOf: (tag: number) => string,
  visit: Visit,
): void {
  const { explicit, littleEndian } = encoding;
  const short = (at: number): number => (littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number): number => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));

  const walk = (from: number, to: number, parent: Place | null, item: number): void => {
    let at = from;
    let last = -1;
    while (at < to) {
      if (at + 8 > to) throw new ProofFailure(parent === null ? null : formatPlace(parent));
      const tag = short(at) * 0x10000 + short(at + 2);
      const place: Place = { tag, item, parent };
      if (tag <= last) throw new ProofFailure(formatPlace(place));
      last = tag;
      const vr = explicit ? bytes.toString('latin1', at + 4, at + 6) : vrOf(tag);
      const isLong = explicit && longForms.has(vr);
      const start = at + (isLong ? 12 : 8);
      if (start > to) throw new ProofFailure(formatPlace(place));
      const length = explicit && !isLong ? short(at + 6) : long(start - 4);
      const end = start + length;
      if (end > to || (length & 1) === 1) throw new ProofFailure(formatPlace(place));
      if (vr === 'SQ') items(start, end, place);
      else visit(place, vr, bytes.subarray(start, end));
      at = end;
    }
  };

  const items = (from: number, to: number, sequence: Place): void => {
    let at = from;
    let index = 0;
    while (at < to) {
      if (at + 8 > to || short(at) !== 0xfffe || short(at + 2) !== 0xe000)
        throw new ProofFailure(formatPlace(sequence));
      const end = at + 8 + long(at + 4);
      if (end > to) throw new ProofFailure(formatPlace(sequence));
      walk(at + 8, end, sequence, index);
      at = end;
      index += 1;
    }
  };

  walk(0, bytes.length, null, 0);
}
