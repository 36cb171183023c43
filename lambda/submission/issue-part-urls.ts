import { boundedMap } from '../platform/bounded-map';
import type { RequestPerson } from '../platform/request-person';
import { type FileUploadPorts, openFileUpload, type PartedUpload } from './file-upload';
import { partRange } from './parts.contract';
import type { PartUrls } from './submission.contract';

/** Signing is arithmetic in the process; this only bounds what stands in memory. */
const signaturesAtOnce = 32;

/**
 * Presigned PUTs for the parts of a file or archive that S3 does not have yet, each bound to upload, number, length and SHA-256 of
 * the part. The first request begins the upload; each later one, also days later, goes on with it.
 * @throws PlatformError of submission-errors.ts
 */
export async function issuePartUrls(
  ports: FileUploadPorts,
  person: RequestPerson,
  file: PartedUpload,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<PartUrls> {
  const { place } = file;
  const digests = file.parts.sha256;
  const upload = await openFileUpload(ports, person, file);
  const parts = digests.length;
  if (upload.state === 'received') return { parts, received: parts, state: 'received', urls: [] };
  const missing = digests
    .map((sha256, index) => ({ part: index + 1, sha256 }))
    .filter(({ part }) => part > after && !upload.parts.has(part));
  const page = missing.slice(0, limit);
  const last = page.at(-1);
  const urls = await boundedMap(page, signaturesAtOnce, async ({ part, sha256 }) => ({
    part,
    ...(await ports.signer.signPart({
      place,
      uploadId: upload.uploadId,
      part,
      bytes: partRange(file.bytes, file.parts.bytes, part).bytes,
      sha256,
    })),
  }));
  return {
    parts,
    received: upload.parts.size,
    state: 'open',
    urls,
    ...(missing.length > page.length && last !== undefined ? { next: last.part } : {}),
  };
}
