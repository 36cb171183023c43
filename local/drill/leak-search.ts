import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';

/** A value that must not appear, and every form of bytes in which it could. */
interface Needle {
  readonly label: string;
  readonly value: string;
  readonly bytes: Buffer;
}

export interface Leak {
  /** File, or a name for bytes that came from elsewhere. */
  readonly where: string;
  readonly offset: number;
  /** Kind and encoding. */
  readonly label: string;
  /** For deciding whether it is a leak; not to be printed. */
  readonly value: string;
}

export interface SourceValue {
  readonly kind: string;
  readonly text: string;
  /** Bytes as they stand in the source file. */
  readonly bytes: Buffer;
}

const tableBits = 20;
const tableMask = (1 << tableBits) - 1;
const shortestNeedle = 6;

/** Base64 text of `bytes` wherever it may begin within a longer encoded run; the unstable edge characters are cut. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = [0, 2, 3][shift] ?? 0;
    const last = Math.floor(((shift + bytes.length) * 8) / 6);
    return Buffer.from(text.slice(first, last), 'latin1');
  });
}

function formsOf(value: SourceValue): Needle[] {
  const encodings: [string, Buffer][] = [
    ['as in the file', value.bytes],
    ['UTF-8', Buffer.from(value.text, 'utf8')],
    ['UTF-16 little endian', Buffer.from(value.text, 'utf16le')],
    ['UTF-16 big endian', Buffer.from(value.text, 'utf16le').swap16()],
  ];
  if ([...value.text].every((character) => (character.codePointAt(0) ?? 0) < 256)) {
    encodings.push(['Latin-1', Buffer.from(value.text, 'latin1')]);
  }
  const forms = encodings.map(([name, bytes]) => ({ label: `${value.kind}, ${name}`, bytes }));
  for (const [name, bytes] of encodings.slice(0, 2)) {
    const hex = bytes.toString('hex');
    forms.push({ label: `${value.kind}, hex of ${name}`, bytes: Buffer.from(hex) });
    forms.push({ label: `${value.kind}, hex of ${name}`, bytes: Buffer.from(hex.toUpperCase()) });
    for (const base64 of base64Forms(bytes)) {
      forms.push({ label: `${value.kind}, base64 of ${name}`, bytes: base64 });
    }
  }
  return forms
    .filter((form) => form.bytes.length >= shortestNeedle)
    .map((form) => ({ ...form, value: value.text }));
}

/** Searches bytes for many values at once: a table of the values' first four bytes, then a full comparison. */
export class LeakSearch {
  private readonly table = new Uint8Array(1 << tableBits);
  private readonly byPrefix = new Map<number, Needle[]>();
  readonly longest: number;

  constructor(values: readonly SourceValue[]) {
    let longest = shortestNeedle;
    const seen = new Set<string>();
    for (const needle of values.flatMap(formsOf)) {
      const identity = needle.bytes.toString('latin1');
      if (seen.has(identity)) continue;
      seen.add(identity);
      longest = Math.max(longest, needle.bytes.length);
      const prefix = needle.bytes.readUInt32LE(0);
      this.table[LeakSearch.slot(prefix)] = 1;
      const bucket = this.byPrefix.get(prefix);
      if (bucket) bucket.push(needle);
      else this.byPrefix.set(prefix, [needle]);
    }
    this.longest = longest;
  }

  private static slot(prefix: number): number {
    return (Math.imul(prefix, 0x9e3779b1) >>> 12) & tableMask;
  }

  inBytes(bytes: Buffer, where: string, base = 0): Leak[] {
    const leaks: Leak[] = [];
    const last = bytes.length - 4;
    for (let offset = 0; offset <= last; offset++) {
      const prefix =
        ((bytes[offset] as number) |
          ((bytes[offset + 1] as number) << 8) |
          ((bytes[offset + 2] as number) << 16) |
          ((bytes[offset + 3] as number) << 24)) >>>
        0;
      if (this.table[LeakSearch.slot(prefix)] === 0) continue;
      for (const needle of this.byPrefix.get(prefix) ?? []) {
        const end = offset + needle.bytes.length;
        if (end <= bytes.length && bytes.compare(needle.bytes, 0, needle.bytes.length, offset, end) === 0) {
          leaks.push({ where, offset: base + offset, label: needle.label, value: needle.value });
        }
      }
    }
    return leaks;
  }

  /** One file; compressed content (gzip, a deflated data set) is searched inflated as well. */
  async inFile(path: string): Promise<Leak[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(path)) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    return [
      ...this.inBytes(bytes, path),
      ...inflated(bytes).flatMap((content) => this.inBytes(content, `${path} (inflated)`)),
    ];
  }

  /** Every file below a folder but for those that `skip` names; file names are searched too. */
  async inFolder(folder: string, skip: (path: string) => boolean): Promise<Leak[]> {
    const leaks: Leak[] = [];
    for (const path of filesBelow(folder, skip)) {
      leaks.push(...this.inBytes(Buffer.from(path), `name of ${path}`));
      leaks.push(...(await this.inFile(path)));
    }
    return leaks;
  }
}

function inflated(bytes: Buffer): Buffer[] {
  const results: Buffer[] = [];
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) results.push(gunzipSync(bytes));
  const deflatedSyntax = '1.2.840.10008.1.2.1.99';
  if (
    bytes.subarray(128, 132).toString('latin1') === 'DICM' &&
    bytes.subarray(0, 1024).includes(deflatedSyntax)
  ) {
    // PS3.10 §7.1: (0002,0000) holds the length of what follows it in the file meta group.
    const start = 132 + 12 + bytes.readUInt32LE(140);
    try {
      results.push(inflateRawSync(bytes.subarray(start)));
    } catch {
      // A copy that was stored inflated: its bytes are searched as they are.
    }
  }
  return results;
}

export function* filesBelow(folder: string, skip: (path: string) => boolean): Generator<string> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (skip(path)) continue;
    if (statSync(path).isDirectory()) yield* filesBelow(path, skip);
    else yield path;
  }
}
