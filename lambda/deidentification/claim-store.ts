import * as z from 'zod';
import { boundedMap } from '../platform/bounded-map';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import type { Claim, Claims } from './settle-files';

/** Claims of one transaction, the service's limit. */
const transactionSize = 100;

/**
 * Transactions under way at once. One takes 200 write units, and an on-demand table begins with 4,000 a second: more
 * would only be throttled. 100,000 claims then take about a minute.
 */
const transactionsAtOnce = 2;

/** The claims of instances and studies of a collection, across submissions and trusts. */
export interface ClaimStore {
  read(
    collection: string,
    wanted: { readonly instances: readonly string[]; readonly studies: readonly string[] },
  ): Promise<Claims>;
  /** Claims what nobody holds; false where somebody else was first with one of them. Studies come before instances. */
  claim(collection: string, wanted: Claims): Promise<boolean>;
  /** Gives up the claim of an instance that was not imported after all. */
  release(collection: string, sopInstanceUid: string, submissionId: string, ordinal: number): Promise<void>;
  /** Gives up the claim of a study of which nothing is left; where `submissionId` is given, only if it holds the claim. */
  releaseStudy(collection: string, studyInstanceUid: string, submissionId?: string): Promise<void>;
}

const storedClaim = z.object({
  pk: z.string(),
  submissionId: z.string(),
  ordinal: z.number().int(),
  digest: z.string(),
});

type ClaimKind = 'INSTANCE' | 'STUDY';

function claimKey(kind: ClaimKind, collection: string, uid: string): ItemKey {
  return { pk: `${kind}#${collection}#${uid}`, sk: 'CLAIM' };
}

export class LedgerClaimStore implements ClaimStore {
  constructor(private readonly ledger: DocumentTable) {}

  async read(
    collection: string,
    wanted: { readonly instances: readonly string[]; readonly studies: readonly string[] },
  ): Promise<Claims> {
    const [instances, studies] = await Promise.all([
      this.readKind('INSTANCE', collection, wanted.instances),
      this.readKind('STUDY', collection, wanted.studies),
    ]);
    return { instances, studies };
  }

  async claim(collection: string, wanted: Claims): Promise<boolean> {
    return (
      (await this.claimKind('STUDY', collection, wanted.studies)) &&
      (await this.claimKind('INSTANCE', collection, wanted.instances))
    );
  }

  async release(
    collection: string,
    sopInstanceUid: string,
    submissionId: string,
    ordinal: number,
  ): Promise<void> {
    await this.ledger.delete(claimKey('INSTANCE', collection, sopInstanceUid), {
      expression: 'submissionId = :submission AND ordinal = :ordinal',
      values: { ':submission': submissionId, ':ordinal': ordinal },
    });
  }

  async releaseStudy(collection: string, studyInstanceUid: string, submissionId?: string): Promise<void> {
    const own =
      submissionId === undefined
        ? undefined
        : { expression: 'submissionId = :submission', values: { ':submission': submissionId } };
    await this.ledger.delete(claimKey('STUDY', collection, studyInstanceUid), own);
  }

  private async readKind(
    kind: ClaimKind,
    collection: string,
    uids: readonly string[],
  ): Promise<Map<string, Claim>> {
    const prefix = claimKey(kind, collection, '').pk;
    const items = await this.ledger.getMany(
      [...new Set(uids)].map((uid) => claimKey(kind, collection, uid)),
      storedClaim,
    );
    return new Map(items.map(({ pk, ...claim }) => [pk.slice(prefix.length), claim]));
  }

  private async claimKind(
    kind: ClaimKind,
    collection: string,
    wanted: ReadonlyMap<string, Claim>,
  ): Promise<boolean> {
    const writes = [...wanted].map(([uid, claim]) => ({
      put: { ...claimKey(kind, collection, uid), ...claim },
      condition: absent,
    }));
    const transactions: (typeof writes)[] = [];
    for (let start = 0; start < writes.length; start += transactionSize)
      transactions.push(writes.slice(start, start + transactionSize));
    const won = await boundedMap(transactions, transactionsAtOnce, (transaction) =>
      this.ledger.transact(transaction),
    );
    return won.every(({ committed }) => committed);
  }
}
