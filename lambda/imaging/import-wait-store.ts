import { type Clock, secondsAfter } from '../platform/clock';
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

/** Seconds for which a wait is kept: a job takes minutes, a Standard execution may wait for it for weeks. */
const waitSeconds = 30 * 86_400;

export class LedgerImportWaitStore implements ImportWaitStore {
  constructor(
    private readonly ledger: DocumentTable,
    private readonly clock: Clock,
  ) {}

  async write(jobId: string, taskToken: string): Promise<void> {
    const timeToLive = Math.floor(secondsAfter(this.clock.now(), waitSeconds).getTime() / 1000);
    await this.ledger.put({ ...waitKey(jobId), taskToken, timeToLive });
  }

  async read(jobId: string): Promise<string | null> {
    return (await this.ledger.get(waitKey(jobId), importWait))?.taskToken ?? null;
  }
}
