import { Readable } from 'node:stream';
import { memberContent, memberStart } from '../../dicom/archive/read-member';
import { archiveKey, landingKey } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import type { BatchFile } from './pipeline.contract';

/** Files as they were sent: objects of their own, or members of an archive, read in place out of a range of it. */

/**
 * Content of a member by the bytes of its archive that are read for its head: deflate makes a thousandth of empty pixels,
 * and whoever wants a head holds it in memory. Headers shrink to a fifth at most.
 */
const headExpansion = 16;

/** What is needed of a file to read it. */
export type LandedFile = Pick<BatchFile, 'ordinal' | 'bytes' | 'archived'>;

/** The landing bucket of a trust, and a submission in it. */
export interface Landing {
  readonly bucket: string;
  readonly submissionId: string;
}

type Member = NonNullable<LandedFile['archived']>;

function memberPlace({ bucket, submissionId }: Landing, { archive }: Member): ObjectPlace {
  return { bucket, key: archiveKey(submissionId, archive) };
}

/** The bytes that a file takes of the object in which it landed: itself, or what its archive holds of it. */
export function landedBytes({ bytes, archived }: LandedFile): number {
  return archived?.span ?? bytes;
}

/**
 * The content of a landed file as a stream; null where it did not land. The stream of a member fails with an
 * ArchiveMemberError where the archive does not hold what its directory says.
 */
export async function openLandedFile(
  objects: Pick<ObjectStore, 'readStream'>,
  landing: Landing,
  file: LandedFile,
): Promise<Readable | null> {
  const { ordinal, bytes, archived } = file;
  if (archived === undefined)
    return objects.readStream({ bucket: landing.bucket, key: landingKey(landing.submissionId, ordinal) });
  const { offset, span } = archived;
  const source = await objects.readStream(memberPlace(landing, archived), offset + span - 1, offset);
  return source && streamOf(memberContent(source, { ...archived, bytes }), source);
}

/**
 * As `openLandedFile`, of the first `landed` bytes that the file takes of its object, and of a member no more than sixteen
 * times as many: the stream simply ends there. That of a member may fail as in `openLandedFile`.
 */
export async function openLandedHead(
  objects: Pick<ObjectStore, 'readStream'>,
  landing: Landing,
  file: LandedFile,
  landed: number,
): Promise<Readable | null> {
  const { ordinal, bytes, archived } = file;
  const { bucket, submissionId } = landing;
  if (archived === undefined)
    return objects.readStream({ bucket, key: landingKey(submissionId, ordinal) }, landed - 1);
  const { offset } = archived;
  const source = await objects.readStream(memberPlace(landing, archived), offset + landed - 1, offset);
  if (source === null) return null;
  return streamOf(memberStart(source, { ...archived, bytes }, landed * headExpansion), source);
}

/**
 * Puts a landed file under another key, as it was sent: a copy inside S3, or the content of a member. False where it did
 * not land.
 * @throws ArchiveMemberError, and then nothing stands under the key
 */
export async function copyLandedFile(
  objects: Pick<ObjectStore, 'copy' | 'readStream' | 'putStream'>,
  landing: Landing,
  file: LandedFile,
  to: ObjectPlace,
  tags: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { bucket, submissionId } = landing;
  if (file.archived === undefined)
    return objects.copy({ bucket, key: landingKey(submissionId, file.ordinal) }, to, tags);
  const content = await openLandedFile(objects, landing, file);
  if (content === null) return false;
  try {
    await objects.putStream(to, content, { contentType: 'application/octet-stream', tags });
  } finally {
    content.destroy();
  }
  return true;
}

/** A stream that takes its source along when it is given up. */
function streamOf(content: AsyncIterable<Buffer>, source: Readable): Readable {
  return Readable.from(content, { objectMode: false }).once('close', () => source.destroy());
}
