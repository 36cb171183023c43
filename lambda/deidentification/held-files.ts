import { Readable } from 'node:stream';
import { type ArchiveMember, ArchiveMemberError, ArchiveRefusal } from '../../dicom/archive/archive-member';
import { readArchiveDirectory } from '../../dicom/archive/read-directory';
import { compressedContent, memberContent } from '../../dicom/archive/read-member';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import { boundedMap } from '../platform/bounded-map';
import { archiveKey, landingKey } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import { isAccessDenied } from '../platform/s3-failures';
import { landedArchive } from './archive-arrivals';
import type { ManifestEntry } from './pipeline.contract';

/** Archives worked on at once; within one, its files come one after the other. */
const archivesAtOnce = 8;

/** Of these the content cannot be had, or is too much for anybody: they are kept as they stand in their archive. */
const keptPacked: ReadonlySet<QuarantineCode> = new Set(['ARCHIVE_MEMBER_INVALID', 'TOO_LARGE']);

export interface HeldFilePorts {
  readonly objects: Pick<ObjectStore, 'list' | 'readStream'>;
  /** Landing takes no write but one signed in the query: `createQuerySigningS3Client`. */
  readonly landingWriter: Pick<ObjectStore, 'putStream'>;
  /** Landing bucket of the trust. */
  readonly landing: string;
}

/** A file that is quarantined where it lies. */
export interface HeldFile {
  readonly ordinal: number;
  readonly code: QuarantineCode;
  readonly archived?: ManifestEntry['archived'];
}

interface HeldMember {
  readonly ordinal: number;
  readonly member: number;
  readonly code: QuarantineCode;
}

/** Puts a member as an object of its own, by the first way that works: content, packed content, all of its bytes. */
async function putMember(
  { objects, landingWriter }: HeldFilePorts,
  archive: ObjectPlace,
  member: ArchiveMember,
  to: ObjectPlace,
  packed: boolean,
): Promise<void> {
  const ways = [
    ...(packed ? [] : [memberContent]),
    compressedContent,
    (source: AsyncIterable<Uint8Array>) => source,
  ];
  for (const way of ways) {
    const source = await objects.readStream(archive, member.offset + member.span - 1, member.offset);
    if (source === null) throw new Error(`missing object ${archive.key}`);
    const body = Readable.from(way(source, member), { objectMode: false });
    try {
      await landingWriter.putStream(to, body, { contentType: 'application/octet-stream', tags: {} });
      return;
    } catch (error) {
      if (!(error instanceof ArchiveMemberError)) throw error;
    } finally {
      body.destroy();
      source.destroy();
    }
  }
}

/** The directory of an archive; null where it cannot be read, or where the malware scan lets nobody read it. */
async function directoryOf(
  { objects }: HeldFilePorts,
  place: ObjectPlace,
  bytes: number,
): Promise<ArchiveMember[] | null> {
  try {
    return await readArchiveDirectory(landedArchive(objects, place, bytes));
  } catch (error) {
    if (error instanceof ArchiveRefusal || isAccessDenied(error)) return null;
    throw error;
  }
}

/** Whether the files of an archive stand apart now; false where it cannot be read. */
async function setApart(
  ports: HeldFilePorts,
  submissionId: string,
  archive: number,
  held: readonly HeldMember[],
  landed: ReadonlyMap<string, number>,
): Promise<boolean> {
  const bucket = ports.landing;
  const place = { bucket, key: archiveKey(submissionId, archive) };
  const bytes = landed.get(place.key);
  if (bytes === undefined) return true;
  const members = await directoryOf(ports, place, bytes);
  if (members === null) return false;
  for (const { ordinal, member, code } of held) {
    const found = members[member - 1];
    const to = { bucket, key: landingKey(submissionId, ordinal) };
    if (found === undefined || landed.has(to.key)) continue;
    await putMember(ports, place, found, to, keptPacked.has(code));
  }
  return true;
}

/**
 * Makes objects of their own, under the keys of files, of those files of archives that are quarantined where they lie:
 * the archive goes with the receipt, since it holds other files too, such as those of patients who were not cleared. Doing
 * it again changes nothing.
 * @returns archives of which nothing can be read: they stay, and hold no file of which anybody knows more
 */
export async function setHeldFilesApart(
  ports: HeldFilePorts,
  submissionId: string,
  held: readonly HeldFile[],
): Promise<number[]> {
  const heldOf = new Map<number, HeldMember[]>();
  for (const { ordinal, code, archived } of held) {
    if (archived === undefined) continue;
    const members = heldOf.get(archived.archive) ?? [];
    members.push({ ordinal, member: archived.member, code });
    heldOf.set(archived.archive, members);
  }
  if (heldOf.size === 0) return [];
  // Not asked object by object: whoever may not read one is still told that it is there.
  const landed = new Map<string, number>();
  for await (const { key, bytes } of ports.objects.list(ports.landing, `${submissionId}/`))
    landed.set(key, bytes);
  const apart = await boundedMap([...heldOf], archivesAtOnce, ([archive, members]) =>
    setApart(ports, submissionId, archive, members, landed),
  );
  return [...heldOf.keys()].filter((_, index) => apart[index] === false).sort((left, right) => left - right);
}
