import * as z from 'zod';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import {
  type WithdrawalRecord,
  type WithdrawalState,
  withdrawalId,
  withdrawalRecord,
} from './withdrawal.contract';

/** What stands under an idempotency key. */
const idempotencyRecord = z.object({ withdrawalId, requestDigest: z.string() });

export interface WithdrawalPage {
  readonly withdrawals: readonly WithdrawalRecord[];
  readonly next: ItemKey | null;
}

/** What a step adds to the record. */
export type WithdrawalChange = Partial<
  Pick<
    WithdrawalRecord,
    | 'confirmed'
    | 'confirmedAt'
    | 'received'
    | 'unreadable'
    | 'counts'
    | 'progress'
    | 'finishedAt'
    | 'failedStep'
    | 'failure'
  >
>;

/** Withdrawals in the ledger. */
export interface WithdrawalStore {
  get(id: string): Promise<WithdrawalRecord | null>;
  /**
   * Makes the withdrawal, or gives the one that stands under (asker, idempotency key) already; `requestDigest` tells
   * whether it was asked for in the same words.
   */
  create(
    withdrawal: WithdrawalRecord,
    asker: string,
    idempotencyKey: string,
    requestDigest: string,
  ): Promise<{ id: string; created: boolean; requestDigest: string }>;
  /** Moves on to a state from one of others, with what is known by then; false where it was in none of them. */
  move(
    id: string,
    from: readonly WithdrawalState[],
    to: WithdrawalState,
    change?: WithdrawalChange,
  ): Promise<boolean>;
  /** Adds to the record without moving on. */
  note(id: string, change: WithdrawalChange): Promise<void>;
  /** Newest first: all, or those that a trust asked for. */
  list(trust: string | null, limit: number, after: ItemKey | null): Promise<WithdrawalPage>;
}

function withdrawalKey(id: string): ItemKey {
  return { pk: `WITHDRAWAL#${id}`, sk: 'WITHDRAWAL' };
}

/** Partition that lists withdrawals: all, or those of a trust. */
export function withdrawalsPartition(trust: string | null): string {
  return trust === null ? 'WITHDRAWALS' : `TRUST#${trust}`;
}

const prefix = 'WITHDRAWAL#';

function assignments(change: Readonly<Record<string, unknown>>) {
  const fields = Object.entries(change).filter(([, value]) => value !== undefined);
  return {
    sets: fields.map((_, index) => `#f${index} = :f${index}`),
    names: Object.fromEntries(fields.map(([name], index) => [`#f${index}`, name])),
    values: Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value])),
  };
}

export class LedgerWithdrawalStore implements WithdrawalStore {
  constructor(private readonly ledger: DocumentTable) {}

  get(id: string): Promise<WithdrawalRecord | null> {
    return this.ledger.get(withdrawalKey(id), withdrawalRecord);
  }

  async create(
    withdrawal: WithdrawalRecord,
    asker: string,
    idempotencyKey: string,
    requestDigest: string,
  ): Promise<{ id: string; created: boolean; requestDigest: string }> {
    const { id, askedByTrust } = withdrawal;
    const idempotency = { pk: `IDEMPOTENCY#WITHDRAWAL#${asker}#${idempotencyKey}`, sk: 'WITHDRAWAL' };
    const listed = [null, ...(askedByTrust === null ? [] : [askedByTrust])];
    const result = await this.ledger.transact([
      { put: { ...idempotency, withdrawalId: id, requestDigest }, condition: absent },
      { put: { ...withdrawalKey(id), ...withdrawal }, condition: absent },
      ...listed.map((trust) => ({
        put: { pk: withdrawalsPartition(trust), sk: `${prefix}${id}` },
        condition: absent,
      })),
    ]);
    if (result.committed) return { id, created: true, requestDigest };
    const known = await this.ledger.get(idempotency, idempotencyRecord);
    if (known === null) throw new Error('a new withdrawal id exists already');
    return { id: known.withdrawalId, created: false, requestDigest: known.requestDigest };
  }

  move(
    id: string,
    from: readonly WithdrawalState[],
    to: WithdrawalState,
    change: WithdrawalChange = {},
  ): Promise<boolean> {
    const { sets, names, values } = assignments(change);
    const allowed = from.map((_, index) => `#state = :from${index}`).join(' OR ');
    return this.ledger.update(withdrawalKey(id), {
      expression: `SET ${['#state = :to', ...sets].join(', ')}${
        to === 'stopped' ? '' : ' REMOVE failedStep, failure'
      }`,
      condition: allowed,
      names: { '#state': 'state', ...names },
      values: {
        ':to': to,
        ...values,
        ...Object.fromEntries(from.map((state, index) => [`:from${index}`, state])),
      },
    });
  }

  async note(id: string, change: WithdrawalChange): Promise<void> {
    const { sets, names, values } = assignments(change);
    await this.ledger.update(withdrawalKey(id), {
      expression: `SET ${sets.join(', ')}`,
      condition: 'attribute_exists(pk)',
      names,
      values,
    });
  }

  async list(trust: string | null, limit: number, after: ItemKey | null): Promise<WithdrawalPage> {
    const page = await this.ledger.query(
      {
        pk: withdrawalsPartition(trust),
        skPrefix: prefix,
        limit,
        descending: true,
        ...(after === null ? {} : { after }),
      },
      z.object({ sk: z.string() }),
    );
    const ids = page.items.map(({ sk }) => sk.slice(prefix.length));
    const records = await this.ledger.getMany(ids.map(withdrawalKey), withdrawalRecord);
    const byId = new Map(records.map((record) => [record.id, record]));
    return { withdrawals: ids.flatMap((id) => byId.get(id) ?? []), next: page.next };
  }
}
