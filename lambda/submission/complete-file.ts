import { type FileProgress, type FileUploadPorts, type PartedUpload, readProgress } from './file-upload';
import { missingRanges } from './manifest';
import { refuseSubmission } from './submission-errors';

/** Refuses unless all parts of the manifest are there. */
function requireAllParts({ parts }: PartedUpload, progress: Exclude<FileProgress, { state: 'received' }>) {
  const present = new Set(progress.state === 'open' ? progress.parts.keys() : []);
  const { missing, ranges } = missingRanges(parts.sha256.length, present);
  if (missing > 0 || progress.state === 'absent')
    throw refuseSubmission('PARTS_MISSING', {
      detail: `${missing} parts are missing: ${ranges.join(', ')}.`,
      extensions: { missing, ranges },
    });
  return {
    uploadId: progress.uploadId,
    parts: [...progress.parts.values()].sort((left, right) => left.part - right.part),
  };
}

/**
 * Puts the parts of a file or archive together, with the digests of the manifest and only where no object stands yet: what is
 * assembled is what the manifest lists. A second call is a no-op.
 * @throws PlatformError of submission-errors.ts
 */
export async function completeFile(
  ports: Pick<FileUploadPorts, 'uploads' | 'multipart' | 'objects'>,
  file: PartedUpload,
): Promise<{ state: 'received' }> {
  const { submissionId, place } = file;
  const done = { state: 'received' } as const;
  const progress = await readProgress(ports, file);
  if (progress.state === 'received') return done;
  const { uploadId, parts } = requireAllParts(file, progress);
  const outcome = await ports.multipart.complete(place, uploadId, parts);
  if (outcome === 'gone') {
    // Another request completed it in between, or S3 has deleted what was unfinished for days.
    const after = await readProgress(ports, file);
    if (after.state !== 'received') requireAllParts(file, { state: 'absent', instead: uploadId });
    return done;
  }
  if (outcome === 'exists') await ports.multipart.abort(place, uploadId);
  await ports.uploads.receive(submissionId, place.key, uploadId);
  return done;
}
