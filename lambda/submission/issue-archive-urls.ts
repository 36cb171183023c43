import type { ManifestArchive } from '../deidentification/pipeline.contract';
import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { archiveKey } from '../platform/object-keys';
import type { RequestPerson } from '../platform/request-person';
import { openSubmission } from './acting-trust';
import type { ManifestStore } from './manifest-store';
import type { UrlSigner } from './presigned-urls';
import type { PresignedUpload } from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

/** Signing is arithmetic in the process; this only bounds what stands in memory. */
const signaturesAtOnce = 32;

export interface ArchiveUrlPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: Pick<ManifestStore, 'listPages' | 'readPageArchives'>;
  readonly signer: Pick<UrlSigner, 'signUpload'>;
  /** ODS codes of the configuration. */
  readonly trusts: ReadonlySet<string>;
  readonly landingBucketOf: LandingBucketOf;
}

async function findArchives(
  manifests: ArchiveUrlPorts['manifests'],
  id: string,
  wanted: ReadonlySet<number>,
): Promise<ManifestArchive[]> {
  const found = new Map<number, ManifestArchive>();
  for (const page of await manifests.listPages(id)) {
    if (found.size === wanted.size) break;
    for (const archive of await manifests.readPageArchives(id, page))
      if (wanted.has(archive.archive)) found.set(archive.archive, archive);
  }
  return [...found.values()];
}

/**
 * Presigned PUTs for zip archives of the manifest, each bound to key, length, SHA-256, type and absence.
 * @throws PlatformError of submission-errors.ts
 */
export async function issueArchiveUrls(
  ports: ArchiveUrlPorts,
  person: RequestPerson,
  id: string,
  archives: readonly number[],
): Promise<(PresignedUpload & { archive: number })[]> {
  const submission = await openSubmission(ports.submissions, person, id);
  if (!ports.trusts.has(submission.trust)) throw refuseSubmission('TRUST_NOT_CONFIGURED');
  const bucket = ports.landingBucketOf(submission.trust);
  const wanted = new Set(archives);
  const found = await findArchives(ports.manifests, id, wanted);
  const unknown = [...wanted].filter((number) => !found.some(({ archive }) => archive === number));
  if (unknown.length > 0)
    throw refuseSubmission('ARCHIVE_NOT_IN_MANIFEST', { extensions: { archives: unknown } });
  return boundedMap(found, signaturesAtOnce, async ({ archive, bytes, sha256 }) => ({
    archive,
    ...(await ports.signer.signUpload({
      place: { bucket, key: archiveKey(id, archive) },
      bytes,
      sha256,
      contentType: 'application/zip',
    })),
  }));
}
