/** Where one element, item or delimiter of a file stands. Offsets are in bytes from the start of the file. */
export interface ElementSpan {
  readonly tag: number;
  readonly at: number;
  /** Null where the encoding has no VR. */
  readonly vrAt: number | null;
  readonly vr: string;
  readonly lengthAt: number;
  readonly lengthBytes: 2 | 4;
  readonly start: number;
  /** End of the value; of the items and the delimiter, where the length is undefined. */
  readonly end: number;
}

export interface FileSpans {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** First byte behind the file meta information; 0 where there is none. */
  readonly dataSetAt: number;
  readonly spans: readonly ElementSpan[];
}

const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const undefinedLength = 0xffffffff;
const itemTag = 0xfffee000;
const delimiters = new Set([0xfffee00d, 0xfffee0dd]);

/**
 * Finds the elements of a file on its own, without the engine's reader: what a mutation needs to know of the structure.
 * Stops without complaint where the file cannot be followed. A deflated data set must be given inflated.
 */
export function findSpans(file: Buffer): FileSpans {
  const spans: ElementSpan[] = [];
  const hasPreamble = file.length > 144 && file.toString('latin1', 128, 132) === 'DICM';
  let dataSetAt = 0;
  let syntax = '1.2.840.10008.1.2';
  if (hasPreamble) {
    new SpanScanner(file, true, true, spans).scan(132, file.length, 0, (span) => span.tag >>> 16 === 2);
    dataSetAt = spans.at(-1)?.end ?? 132;
    const named = spans.find((span) => span.tag === 0x00020010);
    if (named !== undefined) syntax = file.toString('latin1', named.start, named.end).replace(/[\0 ]+$/, '');
  }
  const explicit = syntax !== '1.2.840.10008.1.2';
  const littleEndian = syntax !== '1.2.840.10008.1.2.2';
  new SpanScanner(file, explicit, littleEndian, spans).scan(dataSetAt, file.length, 0, () => true);
  return { explicit, littleEndian, dataSetAt, spans };
}

class SpanScanner {
  constructor(
    private readonly file: Buffer,
    private readonly explicit: boolean,
    private readonly littleEndian: boolean,
    private readonly spans: ElementSpan[],
  ) {}

  #short(at: number): number {
    return this.littleEndian ? this.file.readUInt16LE(at) : this.file.readUInt16BE(at);
  }

  #long(at: number): number {
    return this.littleEndian ? this.file.readUInt32LE(at) : this.file.readUInt32BE(at);
  }

  #header(at: number): ElementSpan | null {
    if (at + 8 > this.file.length) return null;
    const tag = (this.#short(at) * 0x10000 + this.#short(at + 2)) >>> 0;
    if (!this.explicit || tag >>> 16 === 0xfffe) {
      const start = at + 8;
      return {
        tag,
        at,
        vrAt: null,
        vr: '',
        lengthAt: at + 4,
        lengthBytes: 4,
        start,
        end: start + this.#long(at + 4),
      };
    }
    const vr = this.file.toString('latin1', at + 4, at + 6);
    if (!longForms.has(vr)) {
      const start = at + 8;
      const end = start + this.#short(at + 6);
      return { tag, at, vrAt: at + 4, vr, lengthAt: at + 6, lengthBytes: 2, start, end };
    }
    if (at + 12 > this.file.length) return null;
    const start = at + 12;
    return {
      tag,
      at,
      vrAt: at + 4,
      vr,
      lengthAt: at + 8,
      lengthBytes: 4,
      start,
      end: start + this.#long(at + 8),
    };
  }

  /** Scans elements or items from `from`; where the run ended. */
  scan(from: number, to: number, depth: number, takes: (span: ElementSpan) => boolean): number {
    let at = from;
    while (at < to) {
      const header = this.#header(at);
      if (header === null || !takes(header)) return at;
      if (delimiters.has(header.tag)) {
        this.spans.push({ ...header, end: header.start });
        return header.start;
      }
      const isUndefined = header.end - header.start === undefinedLength;
      if (!isUndefined && header.end > to) return at;
      const isNested = header.vr === 'SQ' || header.tag === itemTag || isUndefined;
      if (!isNested || depth > 40) {
        this.spans.push(header);
        at = header.end;
        continue;
      }
      const place = this.spans.push(header) - 1;
      const limit = isUndefined ? to : header.end;
      const isFragment = header.tag === itemTag && !isUndefined && !this.#looksNested(header);
      const end = isFragment ? header.end : this.scan(header.start, limit, depth + 1, () => true);
      at = isUndefined ? end : header.end;
      this.spans[place] = { ...header, end: at };
    }
    return at;
  }

  /** An item holds elements where its first tag is a plausible one; else it is a fragment of compressed pixels. */
  #looksNested(item: ElementSpan): boolean {
    if (item.end - item.start < 8) return false;
    const group = this.#short(item.start);
    if (group === 0 || group >= 0x7fe0) return false;
    return !this.explicit || /^[A-Z]{2}$/.test(this.file.toString('latin1', item.start + 4, item.start + 6));
  }
}
