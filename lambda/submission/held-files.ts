import { Readable } from 'node:stream';
import { type ArchiveMember, ArchiveMemberError, ArchiveRefusal } from '../../dicom/archive/archive-member';
import { readArchiveDirectory } from '../../dicom/archive/read-directory';
import { compressedContent, memberContent } from '../../dicom/archive/read-member';
import type { QuarantineCode } from '../../dicom/quarantine/quarantine-codes';
import { landedArchive } from '../deidentification/archive-arrivals';
import type { FileFate, ManifestEntry } from '../deidentification/pipeline.contract';
import { boundedMap } from '../platform/bounded-map';
import { archiveKey, landingKey } from '../platform/object-keys';
import { isAccessDenied, type ObjectPlace, type ObjectStore } from '../platform/object-store';

/** Archives worked on at once; within one, its files come one after the other. */
const archivesAtOnce = 8;

/** Of these the content cannot be had, or is too much for anybody: they are kept as they stand in their archive. */
const keptPacked: ReadonlySet<QuarantineCode> = new Set(['ARCHIVE_MEMBER_INVALID', 'TOO_LARGE']);

export interface HeldFilePorts {
  readonly objects: Pick<ObjectStore, 'list' | 'readStream' | 'putStream'>;
  /** Landing bucket of the trust. */
  readonly landing: string;
}

interface HeldMember {
  readonly ordinal: number;
  readonly member: number;
  readonly code: QuarantineCode;
}

/** Puts a member as an object of its own, by the first way that works: content, packed content, all of its bytes. */
async function putMember(
  { objects }: HeldFilePorts,
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
      await objects.putStream(to, body, { contentType: 'application/octet-stream', tags: {} });
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

async function setApart(
  ports: HeldFilePorts,
  submissionId: string,
  archive: number,
  held: readonly HeldMember[],
  landed: ReadonlyMap<string, number>,
): Promise<string[]> {
  const bucket = ports.landing;
  const place = { bucket, key: archiveKey(submissionId, archive) };
  const keys = held.map(({ ordinal }) => landingKey(submissionId, ordinal));
  const bytes = landed.get(place.key);
  // Set apart and deleted by an earlier run.
  if (bytes === undefined) return keys;
  const members = await directoryOf(ports, place, bytes);
  if (members === null) return [place.key];
  for (const { ordinal, member, code } of held) {
    const found = members[member - 1];
    const to = { bucket, key: landingKey(submissionId, ordinal) };
    if (found === undefined || landed.has(to.key)) continue;
    await putMember(ports, place, found, to, keptPacked.has(code));
  }
  return keys;
}

/**
 * The keys of landing that outlive the receipt: files quarantined where they lie. Those that came in an archive become
 * objects of their own, since the archive holds other files too, such as those of patients who were not cleared. Only an
 * archive of which nothing can be read stays, for then it has none of which anybody knows. May run again at any point.
 */
export async function keepHeldFiles(
  ports: HeldFilePorts,
  submissionId: string,
  manifest: readonly ManifestEntry[],
  fates: readonly FileFate[],
): Promise<ReadonlySet<string>> {
  const archivedOf = new Map(manifest.map(({ ordinal, archived }) => [ordinal, archived]));
  const kept = new Set<string>();
  const heldOf = new Map<number, HeldMember[]>();
  for (const fate of fates) {
    if (fate.outcome !== 'quarantined' || fate.held !== 'landing') continue;
    const { ordinal, code } = fate;
    const archived = archivedOf.get(ordinal);
    if (archived === undefined) {
      kept.add(landingKey(submissionId, ordinal));
      continue;
    }
    const held = heldOf.get(archived.archive) ?? [];
    held.push({ ordinal, member: archived.member, code });
    heldOf.set(archived.archive, held);
  }
  if (heldOf.size === 0) return kept;
  // Not asked object by object: whoever may not read one is still told that it is there.
  const landed = new Map<string, number>();
  for await (const { key, bytes } of ports.objects.list(ports.landing, `${submissionId}/`))
    landed.set(key, bytes);
  const keys = await boundedMap([...heldOf], archivesAtOnce, ([archive, held]) =>
    setApart(ports, submissionId, archive, held, landed),
  );
  for (const key of keys.flat()) kept.add(key);
  return kept;
}
