import type { DocumentTable, ItemKey } from '../platform/document-table';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, writeJson } from '../platform/object-store';
import {
  type DemographicsTotals,
  type DemographicsView,
  demographicsRecord,
  demographicsTotals,
} from './demographics.contract';
import { type TableCompleteness, tableCompleteness } from './table-columns.contract';

export function demographicsKey(submissionId: string): ItemKey {
  return { pk: `SUBMISSION#${submissionId}`, sk: 'DEMOGRAPHICS' };
}

/**
 * What became of a submission's demographics, in counts. They are kept for as long as receipts, and like them are for
 * the trust alone.
 */
export class DemographicsAccount {
  constructor(
    private readonly ledger: Pick<DocumentTable, 'get'>,
    private readonly objects: Pick<ObjectStore, 'readText' | 'put'>,
    private readonly workBucket: string,
  ) {}

  readAccepted(submissionId: string, upload: string): Promise<TableCompleteness | null> {
    return readJson(this.objects, this.place(submissionId, upload, 'accepted'), tableCompleteness);
  }

  async writeAccepted(submissionId: string, upload: string, counts: TableCompleteness): Promise<void> {
    await writeJson(this.objects, this.place(submissionId, upload, 'accepted'), counts);
  }

  async writeApplied(submissionId: string, upload: string, totals: DemographicsTotals): Promise<void> {
    await writeJson(this.objects, this.place(submissionId, upload, 'applied'), totals);
  }

  /** What became of the rows applied last; null where none were, or their account is no longer kept. */
  async totals(submissionId: string): Promise<DemographicsTotals | null> {
    const record = await this.ledger.get(demographicsKey(submissionId), demographicsRecord);
    return record?.appliedUpload === undefined ? null : this.readApplied(submissionId, record.appliedUpload);
  }

  /** Demographics as the trust sees them; null where no table was accepted, or its account is no longer kept. */
  async view(submissionId: string): Promise<DemographicsView | null> {
    const record = await this.ledger.get(demographicsKey(submissionId), demographicsRecord);
    if (record?.acceptedUpload === undefined) return null;
    const { acceptedUpload, appliedUpload } = record;
    if (appliedUpload !== undefined && appliedUpload >= acceptedUpload) {
      const totals = await this.readApplied(submissionId, appliedUpload);
      return totals === null ? null : { state: 'applied', ...totals };
    }
    const counts = await this.readAccepted(submissionId, acceptedUpload);
    return counts === null ? null : { state: 'waiting', rows: counts.rows };
  }

  private readApplied(submissionId: string, upload: string): Promise<DemographicsTotals | null> {
    return readJson(this.objects, this.place(submissionId, upload, 'applied'), demographicsTotals);
  }

  private place(submissionId: string, upload: string, what: 'accepted' | 'applied') {
    return { bucket: this.workBucket, key: workKeys.demographicsAccount(submissionId, upload, what) };
  }
}
