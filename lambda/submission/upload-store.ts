import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import { type FileUploadRecord, fileUploadRecord } from './submission.contract';
import { submissionKey } from './submission-store';

/** Multipart uploads in the ledger, one a file that is sent in parts. */
export interface UploadStore {
  get(submissionId: string, ordinal: number): Promise<FileUploadRecord | null>;
  /**
   * Records a new multipart upload, of an open submission, in place of `instead` (null: there is none). False where
   * another request was first, or the submission is not open any more.
   */
  begin(submissionId: string, ordinal: number, uploadId: string, instead: string | null): Promise<boolean>;
  /** The parts of this upload have been put together. */
  receive(submissionId: string, ordinal: number, uploadId: string): Promise<void>;
  /** Uploads whose parts were never put together. */
  listOpen(submissionId: string): Promise<FileUploadRecord[]>;
}

const prefix = 'UPLOAD#';

function uploadKey(submissionId: string, ordinal: number): ItemKey {
  return { pk: `SUBMISSION#${submissionId}`, sk: `${prefix}${String(ordinal).padStart(6, '0')}` };
}

export class LedgerUploadStore implements UploadStore {
  constructor(private readonly ledger: DocumentTable) {}

  get(submissionId: string, ordinal: number): Promise<FileUploadRecord | null> {
    return this.ledger.get(uploadKey(submissionId, ordinal), fileUploadRecord);
  }

  async begin(
    submissionId: string,
    ordinal: number,
    uploadId: string,
    instead: string | null,
  ): Promise<boolean> {
    const record: FileUploadRecord = { ordinal, uploadId, state: 'open' };
    const result = await this.ledger.transact([
      {
        put: { ...uploadKey(submissionId, ordinal), ...record },
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

  async receive(submissionId: string, ordinal: number, uploadId: string): Promise<void> {
    await this.ledger.update(uploadKey(submissionId, ordinal), {
      expression: 'SET #state = :received',
      condition: 'uploadId = :uploadId',
      names: { '#state': 'state' },
      values: { ':received': 'received', ':uploadId': uploadId },
    });
  }

  async listOpen(submissionId: string): Promise<FileUploadRecord[]> {
    const uploads = await this.ledger.queryAll(
      { pk: `SUBMISSION#${submissionId}`, skPrefix: prefix },
      fileUploadRecord,
    );
    return uploads.filter(({ state }) => state === 'open');
  }
}
