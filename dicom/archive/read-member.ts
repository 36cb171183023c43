import { pipeline, Readable } from 'node:stream';
import { constants, crc32, createInflateRaw } from 'node:zlib';
import { OutsideFailure, watchedSource } from '../deidentify/outside-failure';
import { type ArchiveMember, ArchiveMemberError, localHeaderBytes } from './archive-member';

/** Inflated at once, at most: as much may be inflated beyond the end, and is thrown away. */
const chunkSize = 64 * 1024;

const localHeaderSignature = 0x04034b50;
const encrypted = 0x1;
const methods = { stored: 0, deflate: 8 } as const;

/** What is needed of a member to read it. */
export type ReadableMember = Pick<ArchiveMember, 'span' | 'compressedBytes' | 'bytes' | 'crc32' | 'coding'>;

/** Length of the local header, where it agrees with the directory. */
function headerLength(header: Buffer, { coding, span, compressedBytes }: ReadableMember): number {
  const flags = header.readUInt16LE(6);
  const length = localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const agrees =
    header.readUInt32LE(0) === localHeaderSignature &&
    (coding === null || ((flags & encrypted) === 0 && header.readUInt16LE(8) === methods[coding])) &&
    length + compressedBytes <= span;
  if (!agrees) throw new ArchiveMemberError('header');
  return length;
}

/**
 * The bytes of a member as they stand in the archive, without its header.
 * @param source the archive from the member's `offset` on, `span` bytes of it
 * @throws ArchiveMemberError `header` or `cut-off`; what the source throws
 */
export async function* compressedContent(
  source: AsyncIterable<Uint8Array>,
  member: ReadableMember,
): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  let skip = 0;
  let left = member.compressedBytes;
  // To the end of the source, though what is behind the member is not used: a connection read to its end serves again.
  for await (const given of source) {
    let chunk = Buffer.from(given.buffer, given.byteOffset, given.length);
    if (head !== null) {
      head = Buffer.concat([head, chunk]);
      if (head.length < localHeaderBytes) continue;
      skip = headerLength(head, member);
      chunk = head;
      head = null;
    }
    const piece: Buffer = chunk.subarray(skip, skip + left);
    skip = Math.max(0, skip - chunk.length);
    left -= piece.length;
    if (piece.length > 0) yield piece;
  }
  if (head !== null || skip > 0 || left > 0) throw new ArchiveMemberError('cut-off');
}

/** Inflates all of a member, or where `compressedBytes` is null, as far as what is given of it goes. */
async function* inflated(
  source: AsyncIterable<Buffer>,
  compressedBytes: number | null,
): AsyncGenerator<Buffer> {
  const finishFlush = compressedBytes === null ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  const inflate = createInflateRaw({ chunkSize, finishFlush });
  // Errors of either side reach the loop below; the callback only keeps them from being unhandled.
  pipeline(Readable.from(watchedSource(source), { objectMode: false }), inflate, () => {});
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof OutsideFailure) throw error.cause;
    throw new ArchiveMemberError('inflate');
  } finally {
    inflate.destroy();
  }
  // The stream of deflate ends before the bytes that the directory gives it.
  if (compressedBytes !== null && inflate.bytesWritten !== compressedBytes)
    throw new ArchiveMemberError('inflate');
}

/**
 * The content of a member, in pieces: never a byte more than the directory says, and at its end checked against length
 * and CRC-32 of the directory.
 * @param source the archive from the member's `offset` on, `span` bytes of it
 * @throws ArchiveMemberError; what the source throws
 */
export async function* memberContent(
  source: AsyncIterable<Uint8Array>,
  member: ReadableMember,
): AsyncGenerator<Buffer> {
  if (member.coding === null) throw new ArchiveMemberError('not-readable');
  const compressed = compressedContent(source, member);
  const content = member.coding === 'stored' ? compressed : inflated(compressed, member.compressedBytes);
  let bytes = 0;
  let sum = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > member.bytes) throw new ArchiveMemberError('longer');
    sum = crc32(piece, sum);
    yield piece;
  }
  if (bytes < member.bytes) throw new ArchiveMemberError('shorter');
  if (sum !== member.crc32) throw new ArchiveMemberError('crc');
}

async function* untilCutOff(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    if (!(error instanceof ArchiveMemberError) || error.problem !== 'cut-off') throw error;
  }
}

/**
 * The start of a member's content, unchecked: what the given bytes of the archive hold of it, and little more than
 * `mostBytes`, since deflate makes a thousandth of empty pixels.
 * @param source the archive from the member's `offset` on, as much of it as is wanted
 * @throws ArchiveMemberError `not-readable`, `header` or `inflate`; what the source throws
 */
export async function* memberStart(
  source: AsyncIterable<Uint8Array>,
  member: ReadableMember,
  mostBytes: number,
): AsyncGenerator<Buffer> {
  if (member.coding === null) throw new ArchiveMemberError('not-readable');
  const compressed = untilCutOff(compressedContent(source, member));
  let bytes = 0;
  for await (const piece of member.coding === 'stored' ? compressed : inflated(compressed, null)) {
    yield piece;
    bytes += piece.length;
    if (bytes >= mostBytes) return;
  }
}
