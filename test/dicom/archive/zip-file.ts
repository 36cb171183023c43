import { crc32, deflateRawSync } from 'node:zlib';
import type { ArchiveSource } from '../../../dicom/archive/read-directory';

/** A member as a test wants it written: honest unless said otherwise. */
export interface WrittenMember {
  readonly name: string | Buffer;
  readonly content: Buffer;
  /** Default: deflate. */
  readonly stored?: boolean;
  /** What the central directory says instead of the truth. */
  readonly says?: {
    readonly bytes?: number;
    readonly compressedBytes?: number;
    readonly crc32?: number;
    readonly method?: number;
    readonly flags?: number;
    readonly offset?: number;
  };
  /** What stands in place of the compressed bytes. */
  readonly compressed?: Buffer;
  readonly localExtra?: Buffer;
}

export interface WrittenArchive {
  readonly archive: Buffer;
  /** Where the local header of each member begins, and its compressed bytes. */
  readonly places: readonly { readonly offset: number; readonly data: number; readonly length: number }[];
}

/** Writes a zip archive byte by byte, so that a test can make it lie. */
export function writeZip(members: readonly WrittenMember[], count = members.length): WrittenArchive {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const places: { offset: number; data: number; length: number }[] = [];
  let position = 0;
  for (const { name, content, stored = false, says = {}, compressed, localExtra } of members) {
    const rawName = Buffer.from(name);
    const extra = localExtra ?? Buffer.alloc(0);
    const data = compressed ?? (stored ? content : deflateRawSync(content));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(says.flags ?? 0, 6);
    local.writeUInt16LE(says.method ?? (stored ? 0 : 8), 8);
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(rawName.length, 26);
    local.writeUInt16LE(extra.length, 28);
    parts.push(local, rawName, extra, data);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(says.flags ?? 0, 8);
    central.writeUInt16LE(says.method ?? (stored ? 0 : 8), 10);
    central.writeUInt32LE(says.crc32 ?? crc32(content), 16);
    central.writeUInt32LE(says.compressedBytes ?? data.length, 20);
    central.writeUInt32LE(says.bytes ?? content.length, 24);
    central.writeUInt16LE(rawName.length, 28);
    central.writeUInt32LE(says.offset ?? position, 42);
    directory.push(central, rawName);
    places.push({
      offset: position,
      data: position + 30 + rawName.length + extra.length,
      length: data.length,
    });
    position += 30 + rawName.length + extra.length + data.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(position, 16);
  return { archive: Buffer.concat([...parts, entries, end]), places };
}

/** An archive in memory, with a count of the requests made. */
export function sourceOf(archive: Buffer): ArchiveSource & { requests: number } {
  return {
    bytes: archive.length,
    requests: 0,
    async read(from, length) {
      this.requests += 1;
      return archive.subarray(from, from + length);
    },
  };
}
