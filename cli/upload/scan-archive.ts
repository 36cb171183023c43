import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  type ArchiveMember,
  ArchiveMemberError,
  type ArchiveProblem,
  ArchiveRefusal,
} from '../../dicom/archive/archive-member';
import { type ArchiveSource, readArchiveDirectory } from '../../dicom/archive/read-directory';
import { compressedContent, memberContent } from '../../dicom/archive/read-member';
import type { NhsNumberLocation } from '../../dicom/deidentify/outcome';
import { manifestArchive } from '../../lambda/deidentification/pipeline.contract';
import type { FileParts } from '../../lambda/submission/parts.contract';
import { digestForManifest } from './file-digests';
import { type Content, contentOf, isSentContent, type ScannedFile } from './scan-folder';
import type { FolderFile } from './walk-folder';

/** Read of a file at once. */
const readBytes = 256 * 1024;

/** A zip archive of the folder with its files; `sha256` is null in a dry run, or where nothing of it is sent. */
export interface ScannedArchive extends FolderFile {
  readonly sha256: string | null;
  /** Of an archive that is sent in parts: their size and digests. */
  readonly parts?: FileParts;
  readonly files: readonly ScannedFile[];
  /** Members that are no files of the export: folders, and what macOS adds. */
  readonly skipped: readonly string[];
}

/** Why an archive is not sent. */
export type ArchiveFault = ArchiveProblem | 'too-large' | 'changed' | 'not-readable';

export interface RefusedArchive {
  readonly path: string;
  readonly fault: ArchiveFault;
}

/** Whether a file is taken for an archive: by its name, unless it is an image all the same. */
export async function isArchive({ path, location }: FolderFile): Promise<boolean> {
  if (!/\.zip$/i.test(path)) return false;
  let file: FileHandle;
  try {
    file = await open(location);
  } catch {
    // Whoever reads it as an archive says why not.
    return true;
  }
  try {
    const start = Buffer.alloc(132);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return bytesRead < start.length || start.toString('latin1', 128) !== 'DICM';
  } finally {
    await file.close();
  }
}

function sourceOf(file: FileHandle, bytes: number): ArchiveSource {
  return {
    bytes,
    read: async (from, length) => {
      const found = Buffer.alloc(length);
      const { bytesRead } = await file.read(found, 0, length, from);
      return found.subarray(0, bytesRead);
    },
  };
}

/** The bytes of a member in its archive, header included. */
function memberStream(location: Buffer, { offset, span }: ArchiveMember): Readable {
  return createReadStream(location, { start: offset, end: offset + span - 1, highWaterMark: readBytes });
}

interface Digest {
  readonly sha256: string;
  readonly bytes: number;
}

async function digestOf(content: AsyncIterable<Buffer>): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of content) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The bytes of a member as they stand in the archive: all that can be announced of one that cannot be taken out. */
async function packedDigest(location: Buffer, member: ArchiveMember): Promise<Digest> {
  try {
    return await digestOf(compressedContent(memberStream(location, member), member));
  } catch (error) {
    if (!(error instanceof ArchiveMemberError)) throw error;
    return digestOf(memberStream(location, member));
  }
}

const invalid: Content = { kind: 'unreadable', code: 'ARCHIVE_MEMBER_INVALID' };

async function scanMember(
  archive: FolderFile,
  member: ArchiveMember,
  name: string,
  nhsNumbers: readonly NhsNumberLocation[],
  digests: boolean,
): Promise<ScannedFile> {
  const { location } = archive;
  const file = {
    ...archive,
    path: `${archive.path}/${name}`,
    bytes: member.bytes,
    member: member.member,
  };
  const content = () => memberContent(memberStream(location, member), member);
  try {
    const found = await contentOf(Readable.from(content()), nhsNumbers);
    if (!digests || !isSentContent(found)) return { ...file, content: found, sha256: null };
    return { ...file, content: found, ...(await digestOf(content())) };
  } catch (error) {
    if (!(error instanceof ArchiveMemberError)) throw error;
    if (!digests) return { ...file, content: invalid, sha256: null };
    return { ...file, content: invalid, ...(await packedDigest(location, member)) };
  }
}

/** What a program adds to an archive beside the files of the export. */
const isExtra = (name: string): boolean => name.endsWith('/') || name.startsWith('__MACOSX/');

async function scanMembers(
  archive: FolderFile,
  bytes: number,
  nhsNumbers: readonly NhsNumberLocation[],
  digests: boolean,
  signal: AbortSignal,
): Promise<Pick<ScannedArchive, 'files' | 'skipped'>> {
  const names: string[] = [];
  const file = await open(archive.location);
  let members: ArchiveMember[];
  try {
    members = await readArchiveDirectory(sourceOf(file, bytes), (_, name) =>
      names.push(name.toString('utf8')),
    );
  } finally {
    await file.close();
  }
  const files: ScannedFile[] = [];
  const skipped: string[] = [];
  for (const [index, member] of members.entries()) {
    signal.throwIfAborted();
    const name = names[index] ?? '';
    if (isExtra(name)) skipped.push(`${archive.path}/${name}`);
    else files.push(await scanMember(archive, member, name, nhsNumbers, digests));
  }
  return { files, skipped };
}

/**
 * Reads an archive of the folder: its directory, the header of every member, and with `digests` the SHA-256 of the members
 * and of the archive. A member that cannot be taken out is sent all the same, announced by its bytes as they stand there.
 * @throws the abort reason
 */
export async function scanArchive(
  archive: FolderFile,
  nhsNumbers: readonly NhsNumberLocation[],
  options: { readonly digests: boolean; readonly signal: AbortSignal },
): Promise<ScannedArchive | RefusedArchive> {
  const { path, location } = archive;
  const { digests, signal } = options;
  try {
    const before = await stat(location);
    if (before.size > (manifestArchive.shape.bytes.maxValue ?? 0)) return { path, fault: 'too-large' };
    const scanned = await scanMembers(archive, before.size, nhsNumbers, digests, signal);
    const sent = digests && scanned.files.some(({ content }) => isSentContent(content));
    const digest = sent ? await digestForManifest(location, before.size, () => {}) : { sha256: null };
    const after = await stat(location);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) return { path, fault: 'changed' };
    return { ...archive, ...digest, bytes: before.size, ...scanned };
  } catch (error) {
    if (error instanceof ArchiveRefusal) return { path, fault: error.problem };
    if (error instanceof Error && 'code' in error && typeof error.code === 'string')
      return { path, fault: 'not-readable' };
    throw error;
  }
}
