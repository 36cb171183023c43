import type { DocumentTable } from '../platform/document-table';
import { exchangeKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, writeJson } from '../platform/object-store';
import { checkedRows, type DemographicsRecord, demographicsRecord, uploadId } from './demographics.contract';
import { demographicsKey } from './demographics-account';
import type { DemographicsRow } from './table-columns.contract';

/** Tables and rows on their way, in the exchange bucket, and which of them count, in the ledger. */
export interface DemographicsStore {
  read(submissionId: string): Promise<DemographicsRecord | null>;
  /** From now on whoever brings rows sees to it that they are applied. */
  markCatalogued(submissionId: string): Promise<void>;
  /** False where a later upload has been accepted. */
  markAccepted(submissionId: string, upload: string, at: Date): Promise<boolean>;
  /** A no-op where a later upload has been applied. */
  markApplied(submissionId: string, upload: string, at: Date): Promise<void>;
  /** Bytes of a table as sent, up to one more than `limit`; null where none has arrived. */
  readTable(submissionId: string, upload: string, limit: number): Promise<Buffer | null>;
  deleteTable(submissionId: string, upload: string): Promise<void>;
  writeRows(submissionId: string, upload: string, rows: readonly DemographicsRow[]): Promise<void>;
  /** Uploads whose rows wait, oldest first. */
  listRows(submissionId: string): Promise<string[]>;
  readRows(submissionId: string, upload: string): Promise<DemographicsRow[] | null>;
  deleteRows(submissionId: string, upload: string): Promise<void>;
}

export class ExchangeDemographicsStore implements DemographicsStore {
  constructor(
    private readonly ledger: DocumentTable,
    private readonly objects: Pick<
      ObjectStore,
      'readText' | 'readStream' | 'put' | 'list' | 'deleteAllVersions'
    >,
    private readonly exchangeBucket: string,
  ) {}

  read(submissionId: string): Promise<DemographicsRecord | null> {
    return this.ledger.get(demographicsKey(submissionId), demographicsRecord);
  }

  async markCatalogued(submissionId: string): Promise<void> {
    await this.ledger.update(demographicsKey(submissionId), {
      expression: 'SET catalogued = :true',
      values: { ':true': true },
    });
  }

  markAccepted(submissionId: string, upload: string, at: Date): Promise<boolean> {
    return this.ledger.update(demographicsKey(submissionId), {
      expression: 'SET acceptedUpload = :upload, acceptedAt = :at',
      condition: 'attribute_not_exists(acceptedUpload) OR acceptedUpload <= :upload',
      values: { ':upload': upload, ':at': at.toISOString() },
    });
  }

  async markApplied(submissionId: string, upload: string, at: Date): Promise<void> {
    await this.ledger.update(demographicsKey(submissionId), {
      expression: 'SET appliedUpload = :upload, appliedAt = :at',
      condition: 'attribute_not_exists(appliedUpload) OR appliedUpload <= :upload',
      values: { ':upload': upload, ':at': at.toISOString() },
    });
  }

  async readTable(submissionId: string, upload: string, limit: number): Promise<Buffer | null> {
    const key = exchangeKeys.demographicsTable(submissionId, upload);
    const stream = await this.objects.readStream({ bucket: this.exchangeBucket, key }, limit);
    if (stream === null) return null;
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  async deleteTable(submissionId: string, upload: string): Promise<void> {
    const key = exchangeKeys.demographicsTable(submissionId, upload);
    await this.objects.deleteAllVersions(this.exchangeBucket, key);
  }

  async writeRows(submissionId: string, upload: string, rows: readonly DemographicsRow[]): Promise<void> {
    const key = exchangeKeys.demographicsRows(submissionId, upload);
    await writeJson(this.objects, { bucket: this.exchangeBucket, key }, { rows });
  }

  async listRows(submissionId: string): Promise<string[]> {
    const uploads: string[] = [];
    const prefix = exchangeKeys.demographicsRowsPrefix(submissionId);
    for await (const { key } of this.objects.list(this.exchangeBucket, prefix)) {
      const upload = uploadId.safeParse(/\/([^/]+)\.json$/.exec(key)?.[1]);
      if (upload.success) uploads.push(upload.data);
    }
    return uploads.sort();
  }

  async readRows(submissionId: string, upload: string): Promise<DemographicsRow[] | null> {
    const key = exchangeKeys.demographicsRows(submissionId, upload);
    const stored = await readJson(this.objects, { bucket: this.exchangeBucket, key }, checkedRows);
    return stored?.rows ?? null;
  }

  async deleteRows(submissionId: string, upload: string): Promise<void> {
    const key = exchangeKeys.demographicsRows(submissionId, upload);
    await this.objects.deleteAllVersions(this.exchangeBucket, key);
  }
}
