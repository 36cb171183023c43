import type { DocumentTable, ItemKey } from '../platform/document-table';
import { importWait } from './import.contract';

/** Task tokens of steps that wait for an import job. */
export interface ImportWaitStore {
  /** Keeps the token of the latest wait for a job. */
  write(jobId: string, taskToken: string): Promise<void>;
  read(jobId: string): Promise<string | null>;
}

function waitKey(jobId: string): ItemKey {
  return { pk: `JOB#${jobId}`, sk: 'WAIT' };
}

export class LedgerImportWaitStore implements ImportWaitStore {
  constructor(private readonly ledger: DocumentTable) {}

  async write(jobId: string, taskToken: string): Promise<void> {
    await this.ledger.put({ ...waitKey(jobId), taskToken });
  }

  async read(jobId: string): Promise<string | null> {
    return (await this.ledger.get(waitKey(jobId), importWait))?.taskToken ?? null;
  }
}
