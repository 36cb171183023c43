import * as z from 'zod';
import { absent, type DocumentTable, type ItemKey, type TransactionWrite } from '../platform/document-table';
import { type ReleaseRecord, releaseId, releaseRecord, startedPart } from './quarantine.contract';

/** A key is remembered for a day: longer than any client retries. */
const rememberedSeconds = 86_400;

const remembered = z.object({ release: releaseId, digest: z.string() });

/** The key that a client gave its request, and what must be equal in a repetition. */
export interface RepeatableRelease {
  readonly subject: string;
  readonly key: string;
  readonly digest: string;
}

/** Releases in the ledger. */
export interface ReleaseStore {
  get(id: string): Promise<ReleaseRecord | null>;
  /** Files that each part really took, by part; parts that have not begun are not there. */
  startedParts(id: string): Promise<ReadonlyMap<number, number>>;
  /** What the key made before, or null. */
  earlier(request: RepeatableRelease): Promise<{ release: string; digest: string } | null>;
  /** Records a release; false where its key made another one in between. */
  create(release: ReleaseRecord, request: RepeatableRelease | null, now: Date): Promise<boolean>;
  start(id: string, part: number, files: number): Promise<void>;
}

const releaseKey = (id: string): ItemKey => ({ pk: `RELEASE#${id}`, sk: 'RELEASE' });
const partPrefix = 'PART#';

function idempotencyKey({ subject, key }: RepeatableRelease): ItemKey {
  return { pk: `IDEMPOTENCY#OFFICER#${subject}#${key}`, sk: 'RELEASE' };
}

export class LedgerReleaseStore implements ReleaseStore {
  constructor(private readonly ledger: DocumentTable) {}

  get(id: string): Promise<ReleaseRecord | null> {
    return this.ledger.get(releaseKey(id), releaseRecord);
  }

  async startedParts(id: string): Promise<ReadonlyMap<number, number>> {
    const parts = await this.ledger.queryAll({ pk: releaseKey(id).pk, skPrefix: partPrefix }, startedPart);
    return new Map(parts.map(({ part, files }) => [part, files]));
  }

  earlier(request: RepeatableRelease): Promise<{ release: string; digest: string } | null> {
    return this.ledger.get(idempotencyKey(request), remembered);
  }

  async create(release: ReleaseRecord, request: RepeatableRelease | null, now: Date): Promise<boolean> {
    const writes: TransactionWrite[] = [
      { put: { ...releaseKey(release.id), ...release }, condition: absent },
    ];
    if (request !== null)
      writes.push({
        put: {
          ...idempotencyKey(request),
          release: release.id,
          digest: request.digest,
          timeToLive: Math.floor(now.getTime() / 1000) + rememberedSeconds,
        },
        condition: absent,
      });
    return (await this.ledger.transact(writes)).committed;
  }

  async start(id: string, part: number, files: number): Promise<void> {
    const sk = `${partPrefix}${String(part).padStart(4, '0')}`;
    await this.ledger.put({ pk: releaseKey(id).pk, sk, part, files });
  }
}
