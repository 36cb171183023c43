import type { ManifestEntry } from '../deidentification/pipeline.contract';
import { absent, type DocumentTable } from '../platform/document-table';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, writeJson } from '../platform/object-store';
import { describePage, orderEntries } from '../submission/manifest';
import { pageKey } from '../submission/manifest-store';
import type { SubmissionRecord } from '../submission/submission.contract';
import { submissionKey, trustKey } from '../submission/submission-store';

export type ReplaySubmission = Extract<SubmissionRecord, { state: 'processing' }>;

/** Submissions that the platform makes of quarantined files. */
export interface ReplaySubmissions {
  /** Makes the submission with its manifest, of one page, completed at once; a no-op where it exists. */
  create(submission: ReplaySubmission, entries: readonly ManifestEntry[]): Promise<void>;
}

export class LedgerReplaySubmissions implements ReplaySubmissions {
  constructor(
    private readonly ledger: DocumentTable,
    private readonly objects: Pick<ObjectStore, 'put'>,
    private readonly workBucket: string,
  ) {}

  async create(submission: ReplaySubmission, entries: readonly ManifestEntry[]): Promise<void> {
    const { id, trust } = submission;
    const ordered = orderEntries(entries);
    const page = describePage(1, ordered);
    // Before the ledger, unlike a page that a client sends: every run writes the same entries.
    const place = { bucket: this.workBucket, key: workKeys.manifestPage(id, page.page) };
    await writeJson(this.objects, place, { entries: ordered });
    await this.ledger.transact([
      { put: { ...submissionKey(id), ...submission }, condition: absent },
      { put: { ...trustKey(trust, id) } },
      { put: { ...pageKey(id, page.page), ...page } },
    ]);
  }
}
