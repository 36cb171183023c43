import { canonicalDigest } from '../platform/canonical-json';
import { type Clock, londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { RequestPerson } from '../platform/request-person';
import { actingTrust } from './acting-trust';
import {
  fileLimit,
  type NewSubmission,
  type SubmissionState,
  submissionByteLimit,
} from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

export interface CreateSubmissionPorts {
  readonly submissions: Pick<SubmissionStore, 'create' | 'get'>;
  readonly collections: readonly CollectionConfiguration[];
  /** ODS codes of the configuration. */
  readonly trusts: ReadonlySet<string>;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Makes a submission for the person's trust, or gives the one made before under the same idempotency key.
 * @throws PlatformError of submission-errors.ts
 */
export async function createSubmission(
  ports: CreateSubmissionPorts,
  person: RequestPerson,
  request: NewSubmission,
): Promise<{ id: string; state: SubmissionState; expired?: true; created: boolean }> {
  const trust = actingTrust(person);
  if (!ports.trusts.has(trust)) throw refuseSubmission('TRUST_NOT_CONFIGURED');
  if (request.fileCount < 1) throw refuseSubmission('NO_FILES');
  if (request.fileCount > fileLimit)
    throw refuseSubmission('TOO_MANY_FILES', {
      detail: `The submission announces ${request.fileCount} files.`,
    });
  if (request.totalBytes > submissionByteLimit) throw refuseSubmission('SUBMISSION_TOO_LARGE');
  const collection = ports.collections.find((each) => each.id === request.collection);
  if (collection === undefined) throw refuseSubmission('UNKNOWN_COLLECTION');
  const now = ports.clock.now();
  if (londonDay(now) > collection.legalBasis.endsOn)
    throw refuseSubmission('COLLECTION_ENDED', {
      detail: `The legal basis of the collection ended on ${collection.legalBasis.endsOn}.`,
    });
  const { fileCount, totalBytes, idempotencyKey } = request;
  const requestDigest = canonicalDigest({ collection: collection.id, fileCount, totalBytes });
  const result = await ports.submissions.create(
    {
      id: ports.newId(),
      state: 'open',
      trust,
      collection: collection.id,
      fileCount,
      totalBytes,
      createdAt: now.toISOString(),
      createdBy: person.subject,
    },
    idempotencyKey,
    requestDigest,
  );
  if (result.requestDigest !== requestDigest) throw refuseSubmission('IDEMPOTENCY_KEY_REUSED');
  if (result.created) return { id: result.id, state: 'open', created: true };
  const known = await ports.submissions.get(result.id);
  if (known === null) throw new Error('an idempotency key names a submission that does not exist');
  const expired = known.state === 'open' ? undefined : known.expired;
  return { id: known.id, state: known.state, ...(expired && { expired }), created: false };
}
