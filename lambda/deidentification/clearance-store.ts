import type { DocumentTable, ItemKey } from '../platform/document-table';
import { exchangeKeys, workKeys } from '../platform/object-keys';
import { type ObjectPlace, type ObjectStore, readJson, writeJson } from '../platform/object-store';
import {
  type Clearance,
  type ClearanceWait,
  clearance,
  clearanceHolds,
  clearanceWait,
} from './clearance.contract';

/** A file of the exchange bucket. */
export interface ExchangeFile {
  readonly text: string;
  /** When it was written, by S3's clock. */
  readonly writtenAt: Date;
}

/** Files and records of a submission's question to the opt-out service. */
export interface ClearanceStore {
  readSubjects(submissionId: string): Promise<string | null>;
  readRequest(submissionId: string): Promise<ExchangeFile | null>;
  writeRequest(submissionId: string, text: string): Promise<void>;
  readResponse(submissionId: string): Promise<ExchangeFile | null>;
  readClearance(submissionId: string): Promise<Clearance | null>;
  /** Writes the clearance unless one stands that holds still; gives the one that stands. */
  writeClearance(clearance: Clearance): Promise<Clearance>;
  readWait(submissionId: string): Promise<ClearanceWait | null>;
  /** Stores who waits; an older wait never replaces a newer one. */
  writeWait(submissionId: string, wait: ClearanceWait): Promise<void>;
}

function waitKey(submissionId: string): ItemKey {
  return { pk: `CLEARANCE#${submissionId}`, sk: 'WAIT' };
}

/** Days for which a wait that is over is kept, for an operator to look at. */
const waitDays = 30;

/** When DynamoDB may delete a wait, in seconds since 1970. */
function waitExpiry(answerBy: string): number {
  return Math.floor(new Date(answerBy).getTime() / 1000) + waitDays * 86_400;
}

export class ExchangeClearanceStore implements ClearanceStore {
  constructor(
    private readonly ledger: DocumentTable,
    private readonly objects: Pick<ObjectStore, 'readText' | 'head' | 'put'>,
    private readonly buckets: { readonly exchange: string; readonly work: string },
  ) {}

  readSubjects(submissionId: string): Promise<string | null> {
    return this.objects.readText(this.exchangePlace(exchangeKeys.subjects(submissionId)));
  }

  readRequest(submissionId: string): Promise<ExchangeFile | null> {
    return this.readExchange(exchangeKeys.request(submissionId));
  }

  readResponse(submissionId: string): Promise<ExchangeFile | null> {
    return this.readExchange(exchangeKeys.response(submissionId));
  }

  async writeRequest(submissionId: string, text: string): Promise<void> {
    const place = this.exchangePlace(exchangeKeys.request(submissionId));
    await this.objects.put(place, text, { contentType: 'text/plain' });
  }

  readClearance(submissionId: string): Promise<Clearance | null> {
    return readJson(this.objects, this.clearancePlace(submissionId), clearance);
  }

  async writeClearance(value: Clearance): Promise<Clearance> {
    const place = this.clearancePlace(value.submissionId);
    if (await writeJson(this.objects, place, value, { onlyIfAbsent: true })) return value;
    const known = await readJson(this.objects, place, clearance);
    if (known === null) throw new Error('a clearance vanished while it was read');
    if (clearanceHolds(known, new Date(value.receivedAt))) return known;
    await writeJson(this.objects, place, value);
    return value;
  }

  readWait(submissionId: string): Promise<ClearanceWait | null> {
    return this.ledger.get(waitKey(submissionId), clearanceWait);
  }

  async writeWait(submissionId: string, wait: ClearanceWait): Promise<void> {
    await this.ledger.put(
      { ...waitKey(submissionId), ...wait, timeToLive: waitExpiry(wait.answerBy) },
      {
        expression: 'attribute_not_exists(pk) OR requestedAt <= :at',
        values: { ':at': wait.requestedAt },
      },
    );
  }

  /** The time first: a file that is replaced in between then counts as older than it is, and passes nobody. */
  private async readExchange(key: string): Promise<ExchangeFile | null> {
    const place = this.exchangePlace(key);
    const head = await this.objects.head(place);
    const text = head === null ? null : await this.objects.readText(place);
    return head === null || text === null ? null : { text, writtenAt: head.modifiedAt };
  }

  private exchangePlace(key: string): ObjectPlace {
    return { bucket: this.buckets.exchange, key };
  }

  private clearancePlace(submissionId: string) {
    return { bucket: this.buckets.work, key: workKeys.cleared(submissionId) };
  }
}
