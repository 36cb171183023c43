import { buffer } from 'node:stream/consumers';
import { type ArchiveMember, ArchiveRefusal } from '../../dicom/archive/archive-member';
import { type ArchiveSource, readArchiveDirectory } from '../../dicom/archive/read-directory';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import { boundedMap } from '../platform/bounded-map';
import { archiveKey } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import type { BatchFile, FileResult, ManifestArchive, ManifestEntry } from './pipeline.contract';

/** Directories read at once; each takes a few pieces of 1 MiB. */
const archivesAtOnce = 16;

/** What Plan finds of a file: it is there, to be worked on, or its end is decided. */
export type Arrival =
  | { readonly arrived: true; readonly entry: BatchFile }
  | { readonly arrived: false; readonly result: FileResult };

/** What landed of an archive. */
type ArchiveArrival =
  | { readonly state: 'missing' }
  | { readonly state: 'refused'; readonly code: QuarantineCode }
  | { readonly state: 'read'; readonly members: readonly ArchiveMember[] };

/** An end that Plan gives a file, which stays where it landed. */
export function quarantinedInLanding(
  { ordinal }: Pick<ManifestEntry, 'ordinal'>,
  code: QuarantineCode,
): Arrival {
  return {
    arrived: false,
    result: { outcome: 'quarantined', ordinal, code, tagPath: null, held: 'landing' },
  };
}

/** A landed archive, of which only the directory is read. */
export function landedArchive(
  objects: Pick<ObjectStore, 'readStream'>,
  place: ObjectPlace,
  bytes: number,
): ArchiveSource {
  return {
    bytes,
    read: async (from, length) => {
      const stream = await objects.readStream(place, from + length - 1, from);
      if (stream === null) throw new Error(`missing object ${place.key}`);
      return buffer(stream);
    },
  };
}

/**
 * Reads the directories of a submission's archives. S3 has compared the SHA-256 of each, or of its parts, when it came; its
 * length, and what S3 keeps of its parts, are compared here.
 * @param landed bytes of the archives that landed, by number
 * @throws what S3 throws
 */
export async function readArchives(
  objects: Pick<ObjectStore, 'readStream' | 'head'>,
  landing: { readonly bucket: string; readonly submissionId: string },
  archives: readonly ManifestArchive[],
  landed: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, ArchiveArrival>> {
  const arrivalOf = async (listed: ManifestArchive): Promise<ArchiveArrival> => {
    const { archive, bytes, parts } = listed;
    const found = landed.get(archive);
    if (found === undefined) return { state: 'missing' };
    if (found !== bytes) return { state: 'refused', code: 'CHECKSUM_MISMATCH' };
    const place = { bucket: landing.bucket, key: archiveKey(landing.submissionId, archive) };
    if (parts !== undefined) {
      const composite = (await objects.head(place))?.composite;
      if (composite?.sha256 !== listed.sha256 || composite.parts !== parts.sha256.length)
        return { state: 'refused', code: 'CHECKSUM_MISMATCH' };
    }
    try {
      return { state: 'read', members: await readArchiveDirectory(landedArchive(objects, place, bytes)) };
    } catch (error) {
      if (error instanceof ArchiveRefusal) return { state: 'refused', code: 'ARCHIVE_UNREADABLE' };
      throw error;
    }
  };
  const arrivals = await boundedMap(archives, archivesAtOnce, arrivalOf);
  return new Map(archives.map(({ archive }, index) => [archive, arrivals[index] as ArchiveArrival]));
}

/** What the directory of its archive tells of a file; the content is compared with the manifest when it is read. */
export function checkMember(
  entry: ManifestEntry,
  archived: NonNullable<ManifestEntry['archived']>,
  archives: ReadonlyMap<number, ArchiveArrival>,
): Arrival {
  const { archive, member } = archived;
  const arrival = archives.get(archive) ?? { state: 'missing' };
  if (arrival.state === 'missing')
    return { arrived: false, result: { outcome: 'missing', ordinal: entry.ordinal } };
  if (arrival.state === 'refused') return quarantinedInLanding(entry, arrival.code);
  const found = arrival.members[member - 1];
  if (found === undefined || found.coding === null || found.bytes !== entry.bytes)
    return quarantinedInLanding(entry, 'ARCHIVE_MEMBER_INVALID');
  const { offset, span, compressedBytes, crc32, coding } = found;
  return {
    arrived: true,
    entry: { ...entry, archived: { archive, member, offset, span, compressedBytes, crc32, coding } },
  };
}
