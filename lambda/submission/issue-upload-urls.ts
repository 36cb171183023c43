import { boundedMap } from '../platform/bounded-map';
import type { LandingBucketOf } from '../platform/name-templates.contract';
import { exchangeKeys, landingKey } from '../platform/object-keys';
import type { UrlSigner } from '../platform/presigned-urls';
import type { PresignedUpload } from '../platform/presigned-urls.contract';
import type { RequestPerson } from '../platform/request-person';
import { openSubmission } from './acting-trust';
import { findEntries } from './manifest-entries';
import type { ManifestStore } from './manifest-store';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

/** Signing is arithmetic in the process; this only bounds what stands in memory. */
const signaturesAtOnce = 32;

export interface UploadUrlPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: Pick<ManifestStore, 'listPages' | 'readPage'>;
  readonly signer: Pick<UrlSigner, 'signUpload'>;
  /** ODS codes of the configuration. */
  readonly trusts: ReadonlySet<string>;
  readonly landingBucketOf: LandingBucketOf;
  readonly exchangeBucket: string;
}

/**
 * Presigned PUTs for files of the manifest, each bound to key, length, SHA-256, type and absence.
 * @throws PlatformError of submission-errors.ts
 */
export async function issueUploadUrls(
  ports: UploadUrlPorts,
  person: RequestPerson,
  id: string,
  ordinals: readonly number[],
): Promise<(PresignedUpload & { ordinal: number })[]> {
  const submission = await openSubmission(ports.submissions, person, id);
  if (!ports.trusts.has(submission.trust)) throw refuseSubmission('TRUST_NOT_CONFIGURED');
  const bucket = ports.landingBucketOf(submission.trust);
  const distinct = [...new Set(ordinals)];
  const entries = await findEntries(ports.manifests, id, distinct);
  const unknown = distinct.filter((ordinal) => !entries.has(ordinal));
  if (unknown.length > 0)
    throw refuseSubmission('ORDINAL_NOT_IN_MANIFEST', { extensions: { ordinals: unknown } });
  const inArchives = [...entries.values()].filter((entry) => entry.archived !== undefined);
  if (inArchives.length > 0)
    throw refuseSubmission('FILE_IN_ARCHIVE', {
      extensions: { ordinals: inArchives.map((entry) => entry.ordinal) },
    });
  const inParts = [...entries.values()]
    .filter((entry) => entry.parts !== undefined)
    .map((entry) => entry.ordinal);
  if (inParts.length > 0) throw refuseSubmission('MULTIPART_REQUIRED', { extensions: { ordinals: inParts } });
  return boundedMap([...entries.values()], signaturesAtOnce, async (entry) => ({
    ordinal: entry.ordinal,
    ...(await ports.signer.signUpload({
      place: { bucket, key: landingKey(id, entry.ordinal) },
      bytes: entry.bytes,
      sha256: entry.sha256,
      contentType: 'application/dicom',
    })),
  }));
}

/**
 * A presigned PUT for the NHS numbers of the submission's patients, one a line.
 * @throws PlatformError of submission-errors.ts
 */
export async function issueSubjectsUrl(
  ports: UploadUrlPorts,
  person: RequestPerson,
  id: string,
  file: { readonly bytes: number; readonly sha256: string },
): Promise<PresignedUpload> {
  await openSubmission(ports.submissions, person, id);
  return ports.signer.signUpload({
    place: { bucket: ports.exchangeBucket, key: exchangeKeys.subjects(id) },
    ...file,
    contentType: 'text/plain',
  });
}
