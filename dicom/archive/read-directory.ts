import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import {
  type ArchiveLimits,
  type ArchiveMember,
  ArchiveRefusal,
  archiveLimits,
  localHeaderBytes,
  longestLocalHeader,
  type MemberCoding,
} from './archive-member';

/** Where an archive is read from: a file, or an object of a store. */
export interface ArchiveSource {
  readonly bytes: number;
  /** The bytes from `from`, which lie within the archive, `length` of them. */
  read(from: number, length: number): Promise<Buffer>;
}

/** Read at once: from the end the directory of some 2,000 members, and then pieces of it in order. */
const tailBytes = 256 * 1024;
const pieceBytes = 1024 * 1024;

/** What may follow the last entry of a central directory: its end in either form, or a signature (APPNOTE 4.3.6). */
const afterDirectory = new Set([0x06054b50, 0x06064b50, 0x05054b50]);

/** Gives yauzl what it asks for out of pieces, so that one request serves many entries. */
class PieceReader extends RandomAccessReader {
  /** What the source failed with: no property of the archive. */
  failure: { readonly error: unknown } | null = null;
  /** Whether more was asked for than a directory may take. */
  exhausted = false;
  private start = 0;
  private piece: Buffer = Buffer.alloc(0);
  private budget: number;

  constructor(
    private readonly source: ArchiveSource,
    directoryBytes: number,
  ) {
    super();
    this.budget = directoryBytes + tailBytes + pieceBytes;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.fetch(position, length).then(
      (found) => {
        found.copy(buffer, offset);
        callback(null, found.length);
      },
      (error) => callback(error instanceof Error ? error : new Error('the source failed')),
    );
  }

  /** Up to `length` bytes from a position; fewer where the archive ends. */
  async fetch(position: number, length: number): Promise<Buffer> {
    const { bytes } = this.source;
    const end = Math.min(position + length, bytes);
    if (!Number.isSafeInteger(position) || position < 0 || position >= end) return Buffer.alloc(0);
    if (position < this.start || end > this.start + this.piece.length) {
      const inTail = bytes - position <= tailBytes;
      const from = inTail ? Math.max(0, bytes - tailBytes) : position;
      const wanted = Math.min(Math.max(pieceBytes, length), bytes - from);
      this.budget -= wanted;
      if (this.budget < 0) {
        this.exhausted = true;
        throw new Error('the directory is too large');
      }
      try {
        this.piece = await this.source.read(from, wanted);
      } catch (error) {
        this.failure = { error };
        throw error;
      }
      this.start = from;
      if (this.piece.length !== wanted) throw new Error('the source ended early');
    }
    return this.piece.subarray(position - this.start, end - this.start);
  }
}

const encrypted = 0x1;
const storedMethod = 0;
const deflateMethod = 8;

function codingOf(entry: Entry): MemberCoding | null {
  if ((entry.generalPurposeBitFlag & encrypted) !== 0) return null;
  if (entry.compressionMethod === deflateMethod) return 'deflate';
  if (entry.compressionMethod !== storedMethod) return null;
  return entry.compressedSize === entry.uncompressedSize ? 'stored' : null;
}

type Located = Omit<ArchiveMember, 'span'>;

/**
 * Gives each member the bytes up to the next one. Bombs let many entries point into the same compressed bytes; here the
 * ranges of any two members are apart.
 */
function separate(members: readonly Located[], directoryStart: number): ArchiveMember[] {
  const inOrder = [...members].sort((left, right) => left.offset - right.offset);
  const spans = new Map<number, number>();
  inOrder.forEach(({ member, offset, compressedBytes }, index) => {
    const room = (inOrder[index + 1]?.offset ?? directoryStart) - offset;
    if (localHeaderBytes + compressedBytes > room) throw new ArchiveRefusal('members-overlap');
    spans.set(member, Math.min(room, longestLocalHeader + compressedBytes));
  });
  return members.map((member) => ({ ...member, span: spans.get(member.member) ?? 0 }));
}

async function readEntries(
  zip: ZipFile,
  reader: PieceReader,
  limits: ArchiveLimits,
  onName: (member: number, name: Buffer) => void,
): Promise<ArchiveMember[]> {
  // The types call the cursor a boolean; before the first entry it stands at the start of the directory.
  const cursor = () => Number(zip.readEntryCursor);
  const directoryStart = cursor();
  if (zip.entryCount > limits.members) throw new ArchiveRefusal('too-many-members');
  const members: Located[] = [];
  for await (const entry of zip.eachEntry()) {
    const member = members.length + 1;
    onName(member, entry.fileNameRaw);
    members.push({
      member,
      offset: entry.relativeOffsetOfLocalHeader,
      compressedBytes: entry.compressedSize,
      bytes: entry.uncompressedSize,
      crc32: entry.crc32,
      coding: codingOf(entry),
    });
    if (cursor() - directoryStart > limits.directoryBytes) throw new ArchiveRefusal('directory-too-large');
  }
  // A count that is too small would hide members; a directory without an end is none.
  const next = await reader.fetch(cursor(), 4);
  if (next.length < 4 || !afterDirectory.has(next.readUInt32LE(0))) throw new ArchiveRefusal('damaged');
  return separate(members, directoryStart);
}

/**
 * The members of an archive by its central directory, in its order, after the checks that take no look at their content:
 * number, bytes, ranges apart from each other and before the directory, expansion in all. Zip64 is read.
 * @param onName told the name of each member as it stands there, whatever it holds; the platform has no use for it
 * @throws ArchiveRefusal; what the source throws
 */
export async function readArchiveDirectory(
  source: ArchiveSource,
  onName: (member: number, name: Buffer) => void = () => {},
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchiveMember[]> {
  const reader = new PieceReader(source, limits.directoryBytes);
  try {
    const zip = await fromRandomAccessReaderPromise(reader, source.bytes, {
      // Names stay bytes: nothing is decoded or refused for a name.
      decodeStrings: false,
      // Sizes that contradict each other concern one member, not the archive.
      validateEntrySizes: false,
    });
    const members = await readEntries(zip, reader, limits, onName);
    const content = members.reduce((sum, member) => sum + member.bytes, 0);
    if (content > Math.max(limits.freeBytes, limits.ratio * source.bytes))
      throw new ArchiveRefusal('expands-too-much');
    return members;
  } catch (error) {
    if (error instanceof ArchiveRefusal) throw error;
    if (reader.failure !== null) throw reader.failure.error;
    // yauzl's messages are not passed on.
    throw new ArchiveRefusal(reader.exhausted ? 'directory-too-large' : 'damaged');
  }
}
