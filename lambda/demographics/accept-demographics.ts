import { type Clock, londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import { exchangeKeys } from '../platform/object-keys';
import type { UrlSigner } from '../platform/presigned-urls';
import type { RequestPerson } from '../platform/request-person';
import { ownSubmission } from '../submission/acting-trust';
import type { SubmissionRecord } from '../submission/submission.contract';
import { refuseSubmission } from '../submission/submission-errors';
import type { SubmissionStore } from '../submission/submission-store';
import { checkTable } from './check-table.contract';
import type { DemographicsAccepted } from './demographics.contract';
import type { DemographicsAccount } from './demographics-account';
import { refuseDemographics } from './demographics-errors';
import type { DemographicsStore } from './demographics-store';
import { completenessOf, tableByteLimit } from './table-columns.contract';

export interface DemographicsApiPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly demographics: Pick<
    DemographicsStore,
    'markAccepted' | 'readTable' | 'deleteTable' | 'writeRows' | 'deleteRows'
  >;
  readonly account: Pick<DemographicsAccount, 'readAccepted' | 'writeAccepted'>;
  readonly signer: Pick<UrlSigner, 'signUpload'>;
  readonly collections: readonly Pick<CollectionConfiguration, 'id' | 'legalBasis'>[];
  readonly exchangeBucket: string;
  /** Days after its beginning for which a submission takes demographics. */
  readonly acceptedDays: number;
  readonly clock: Clock;
  readonly newUploadId: () => string;
}

/**
 * A submission of the person's trust that takes demographics still.
 * @throws PlatformError of submission-errors.ts, DEMOGRAPHICS_TOO_LATE
 */
async function submissionTakingRows(
  ports: DemographicsApiPorts,
  person: RequestPerson,
  id: string,
): Promise<SubmissionRecord> {
  const submission = await ownSubmission(ports.submissions, person, id);
  const now = ports.clock.now();
  if (now.getTime() > Date.parse(submission.createdAt) + ports.acceptedDays * 86_400_000)
    throw refuseDemographics('DEMOGRAPHICS_TOO_LATE', {
      detail: `Submissions take demographics for ${ports.acceptedDays} days.`,
    });
  const collection = ports.collections.find((each) => each.id === submission.collection);
  if (collection === undefined) throw refuseSubmission('UNKNOWN_COLLECTION');
  if (londonDay(now) > collection.legalBasis.endsOn) throw refuseSubmission('COLLECTION_ENDED');
  return submission;
}

/**
 * A presigned PUT for the demographics table of a submission, before, while and after its images are processed.
 * @throws PlatformError of submission-errors.ts and demographics-errors.ts
 */
export async function issueDemographicsUrl(
  ports: DemographicsApiPorts,
  person: RequestPerson,
  id: string,
  file: { readonly bytes: number; readonly sha256: string },
): Promise<{ upload: string; url: string; headers: Record<string, string> }> {
  await submissionTakingRows(ports, person, id);
  if (file.bytes > tableByteLimit) throw refuseDemographics('DEMOGRAPHICS_TOO_LARGE');
  const upload = ports.newUploadId();
  const signed = await ports.signer.signUpload({
    place: { bucket: ports.exchangeBucket, key: exchangeKeys.demographicsTable(id, upload) },
    ...file,
    contentType: 'text/csv',
  });
  return { upload, ...signed };
}

/**
 * Checks a table that has arrived. Without a fault its rows wait for the submission's images, or are applied at once
 * where those are there: the object that is written here is an event. The table as sent is deleted in any case. Handed
 * in again, it is answered as before.
 * @throws PlatformError of submission-errors.ts and demographics-errors.ts
 */
export async function acceptDemographics(
  ports: DemographicsApiPorts,
  person: RequestPerson,
  id: string,
  upload: string,
): Promise<DemographicsAccepted> {
  await submissionTakingRows(ports, person, id);
  const { demographics } = ports;
  const now = ports.clock.now();
  const table = await demographics.readTable(id, upload, tableByteLimit);
  if (table === null) {
    const known = await ports.account.readAccepted(id, upload);
    if (known !== null) return { upload, ...known };
    throw refuseDemographics('DEMOGRAPHICS_NOT_RECEIVED');
  }
  const checked = checkTable(table, londonDay(now));
  if (!checked.valid) {
    await demographics.deleteTable(id, upload);
    const { rows, faults, more } = checked;
    throw refuseDemographics('DEMOGRAPHICS_INVALID', {
      detail: `The table has ${faults.length + more} faults.`,
      extensions: { rows, errors: faults, more },
    });
  }
  const rows = checked.rows.map(({ row }) => row);
  const completeness = completenessOf(rows);
  // The rows first: what the ledger calls accepted is there, or was applied.
  await demographics.writeRows(id, upload, rows);
  await ports.account.writeAccepted(id, upload, completeness);
  const accepted = await demographics.markAccepted(id, upload, now);
  if (!accepted) await demographics.deleteRows(id, upload);
  await demographics.deleteTable(id, upload);
  if (!accepted) throw refuseDemographics('DEMOGRAPHICS_SUPERSEDED');
  return { upload, ...completeness };
}
