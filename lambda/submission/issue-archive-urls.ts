import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { archiveKey } from '../platform/object-keys';
import type { UrlSigner } from '../platform/presigned-urls';
import type { PresignedUpload } from '../platform/presigned-urls.contract';
import type { RequestPerson } from '../platform/request-person';
import { openSubmission } from './acting-trust';
import { findArchives } from './manifest-entries';
import type { ManifestStore } from './manifest-store';
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
  const distinct = [...new Set(archives)];
  const found = await findArchives(ports.manifests, id, distinct);
  const unknown = distinct.filter((archive) => !found.has(archive));
  if (unknown.length > 0)
    throw refuseSubmission('ARCHIVE_NOT_IN_MANIFEST', { extensions: { archives: unknown } });
  const inParts = [...found.values()].filter(({ parts }) => parts !== undefined);
  if (inParts.length > 0)
    throw refuseSubmission('MULTIPART_REQUIRED', {
      extensions: { archives: inParts.map(({ archive }) => archive) },
    });
  return boundedMap([...found.values()], signaturesAtOnce, async ({ archive, bytes, sha256 }) => ({
    archive,
    ...(await ports.signer.signUpload({
      place: { bucket, key: archiveKey(id, archive) },
      bytes,
      sha256,
      contentType: 'application/zip',
    })),
  }));
}
