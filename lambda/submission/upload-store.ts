import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import { type UploadRecord, uploadRecord } from './submission.contract';
import { submissionKey } from './submission-store';

/** Multipart uploads in the ledger, one a file or archive that is sent in parts, by its key in landing. */
export interface UploadStore {
  get(submissionId: string, key: string): Promise<UploadRecord | null>;
  /**
   * Records a new multipart upload, of an open submission, in place of `instead` (null: there is none). False where
   * another request was first, or the submission is not open any more.
   */
  begin(submissionId: string, key: string, uploadId: string, instead: string | null): Promise<boolean>;
  /** The parts of this upload have been put together. */
  receive(submissionId: string, key: string, uploadId: string): Promise<void>;
  /** Uploads whose parts were never put together. */
  listOpen(submissionId: string): Promise<UploadRecord[]>;
}

const prefix = 'UPLOAD#';

function uploadKey(submissionId: string, key: string): ItemKey {
  return { pk: `SUBMISSION#${submissionId}`, sk: `${prefix}${key.slice(submissionId.length + 1)}` };
}

export class LedgerUploadStore implements UploadStore {
  constructor(private readonly ledger: DocumentTable) {}

  get(submissionId: string, key: string): Promise<UploadRecord | null> {
    return this.ledger.get(uploadKey(submissionId, key), uploadRecord);
  }

  async begin(submissionId: string, key: string, uploadId: string, instead: string | null): Promise<boolean> {
    const record: UploadRecord = { key, uploadId, state: 'open' };
    const result = await this.ledger.transact([
      {
        put: { ...uploadKey(submissionId, key), ...record },
        condition:
          instead === null ? absent : { expression: 'uploadId = :instead', values: { ':instead': instead } },
      },
      {
        check: submissionKey(submissionId),
        condition: {
          expression: '#state = :open',
          names: { '#state': 'state' },
          values: { ':open': 'open' },
        },
      },
    ]);
    return result.committed;
  }

  async receive(submissionId: string, key: string, uploadId: string): Promise<void> {
    await this.ledger.update(uploadKey(submissionId, key), {
      expression: 'SET #state = :received',
      condition: 'uploadId = :uploadId',
      names: { '#state': 'state' },
      values: { ':received': 'received', ':uploadId': uploadId },
    });
  }

  async listOpen(submissionId: string): Promise<UploadRecord[]> {
    const uploads = await this.ledger.queryAll(
      { pk: `SUBMISSION#${submissionId}`, skPrefix: prefix },
      uploadRecord,
    );
    return uploads.filter(({ state }) => state === 'open');
  }
}
