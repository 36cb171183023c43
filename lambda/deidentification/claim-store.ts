import { z } from 'zod';
import { boundedMap } from '../platform/bounded-map';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import type { Claim, Claims } from './settle-files';

/** Conditional writes under way at once: 100,000 claims then take about half a minute. */
const claimsAtOnce = 32;

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
    const won = await boundedMap([...wanted], claimsAtOnce, ([uid, claim]) =>
      this.ledger.put({ ...claimKey(kind, collection, uid), ...claim }, absent),
    );
    return won.every((each) => each);
  }
}
