import type { LandingBucketOf } from '../platform/name-templates.contract';
import { archiveKey, landingKey } from '../platform/object-keys';
import type { ObjectPlace, ObjectStore } from '../platform/object-store';
import type { UrlSigner } from '../platform/presigned-urls';
import type { RequestPerson } from '../platform/request-person';
import { openSubmission } from './acting-trust';
import { findArchives, findEntries } from './manifest-entries';
import type { ManifestStore } from './manifest-store';
import type { MultipartUploads, ReceivedPart } from './multipart-uploads';
import { type FileParts, partRange } from './parts.contract';
import { importedFileLimit } from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';
import type { UploadStore } from './upload-store';

/** Rounds of looking for the upload of a file; one more is needed only when another request is at the same point. */
const uploadRounds = 5;

export interface FileUploadPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: Pick<ManifestStore, 'listPages' | 'readPage' | 'readPageArchives'>;
  readonly uploads: Pick<UploadStore, 'get' | 'begin' | 'receive'>;
  readonly multipart: MultipartUploads;
  readonly objects: Pick<ObjectStore, 'list'>;
  readonly signer: Pick<UrlSigner, 'signPart'>;
  /** ODS codes of the configuration. */
  readonly trusts: ReadonlySet<string>;
  readonly landingBucketOf: LandingBucketOf;
}

/** A file or an archive of the manifest that is sent in parts. */
export interface PartedUpload {
  readonly submissionId: string;
  readonly bytes: number;
  readonly parts: FileParts;
  readonly place: ObjectPlace;
  readonly contentType: string;
}

type RequirePorts = Pick<FileUploadPorts, 'submissions' | 'manifests' | 'trusts' | 'landingBucketOf'>;

async function requireLanding(ports: RequirePorts, person: RequestPerson, id: string): Promise<string> {
  const submission = await openSubmission(ports.submissions, person, id);
  if (!ports.trusts.has(submission.trust)) throw refuseSubmission('TRUST_NOT_CONFIGURED');
  return ports.landingBucketOf(submission.trust);
}

/**
 * The file of an open submission of the person's trust.
 * @throws PlatformError of submission-errors.ts
 */
export async function requirePartedFile(
  ports: RequirePorts,
  person: RequestPerson,
  id: string,
  ordinal: number,
): Promise<PartedUpload> {
  const bucket = await requireLanding(ports, person, id);
  const entry = (await findEntries(ports.manifests, id, [ordinal])).get(ordinal);
  if (entry === undefined)
    throw refuseSubmission('ORDINAL_NOT_IN_MANIFEST', { extensions: { ordinals: [ordinal] } });
  if (entry.archived !== undefined)
    throw refuseSubmission('FILE_IN_ARCHIVE', { extensions: { ordinals: [ordinal] } });
  if (entry.bytes > importedFileLimit)
    throw refuseSubmission('FILE_TOO_LARGE', { extensions: { ordinals: [ordinal] } });
  const { bytes, parts } = entry;
  if (parts === undefined) throw refuseSubmission('NOT_IN_PARTS');
  const place = { bucket, key: landingKey(id, ordinal) };
  return { submissionId: id, bytes, parts, place, contentType: 'application/dicom' };
}

/**
 * As `requirePartedFile`, an archive.
 * @throws PlatformError of submission-errors.ts
 */
export async function requirePartedArchive(
  ports: RequirePorts,
  person: RequestPerson,
  id: string,
  archive: number,
): Promise<PartedUpload> {
  const bucket = await requireLanding(ports, person, id);
  const listed = (await findArchives(ports.manifests, id, [archive])).get(archive);
  if (listed === undefined)
    throw refuseSubmission('ARCHIVE_NOT_IN_MANIFEST', { extensions: { archives: [archive] } });
  const { bytes, parts } = listed;
  if (parts === undefined) throw refuseSubmission('NOT_IN_PARTS');
  const place = { bucket, key: archiveKey(id, archive) };
  return { submissionId: id, bytes, parts, place, contentType: 'application/zip' };
}

/** The received parts that are those of the manifest, by number. */
export function partsAsListed(
  { bytes, parts }: PartedUpload,
  received: readonly ReceivedPart[],
): Map<number, ReceivedPart> {
  return new Map(
    received
      .filter(
        (each) =>
          each.sha256 === parts.sha256[each.part - 1] &&
          each.bytes === partRange(bytes, parts.bytes, each.part).bytes,
      )
      .map((each) => [each.part, each]),
  );
}

/** How far a file has come: put together, or an upload with the parts that S3 has. */
export type FileProgress =
  | { readonly state: 'received' }
  | { readonly state: 'open'; readonly uploadId: string; readonly parts: ReadonlyMap<number, ReceivedPart> }
  /** No upload has been begun, or S3 has deleted an unfinished one; `instead` is the id of that. */
  | { readonly state: 'absent'; readonly instead: string | null };

/** Looks how far a file has come. */
export async function readProgress(
  ports: Pick<FileUploadPorts, 'uploads' | 'multipart' | 'objects'>,
  file: PartedUpload,
): Promise<FileProgress> {
  const { submissionId, place } = file;
  const known = await ports.uploads.get(submissionId, place.key);
  if (known === null) return { state: 'absent', instead: null };
  if (known.state === 'received') return { state: 'received' };
  const { uploadId } = known;
  const received = await ports.multipart.listParts(place, uploadId);
  if (received !== null) return { state: 'open', uploadId, parts: partsAsListed(file, received) };
  // A crash between S3 and the ledger: the upload is gone because it was completed.
  for await (const { key } of ports.objects.list(place.bucket, place.key))
    if (key === place.key) {
      await ports.uploads.receive(submissionId, place.key, uploadId);
      return { state: 'received' };
    }
  return { state: 'absent', instead: uploadId };
}

/**
 * The upload of a file, begun where there is none. Of two requests that begin one at once, the second aborts its own.
 * @throws PlatformError SUBMISSION_NOT_OPEN, where it is completed meanwhile
 */
export async function openFileUpload(
  ports: FileUploadPorts,
  person: RequestPerson,
  file: PartedUpload,
): Promise<Exclude<FileProgress, { state: 'absent' }>> {
  const { submissionId, place, contentType } = file;
  for (let round = 0; round < uploadRounds; round += 1) {
    const progress = await readProgress(ports, file);
    if (progress.state !== 'absent') return progress;
    const uploadId = await ports.multipart.create(place, contentType);
    if (await ports.uploads.begin(submissionId, place.key, uploadId, progress.instead))
      return { state: 'open', uploadId, parts: new Map() };
    await ports.multipart.abort(place, uploadId);
    await openSubmission(ports.submissions, person, submissionId);
  }
  throw new Error('other requests kept beginning an upload of the same file');
}
