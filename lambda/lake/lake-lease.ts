import { type Clock, secondsAfter } from '../platform/clock';
import type { DocumentTable, ItemKey } from '../platform/document-table';
import type { LakePartition } from './lake-partition';

/** Raised where somebody else merges files of the partition and does not end in time; to be tried again. */
export class LakeBusyError extends Error {
  override readonly name = 'LakeBusyError';
}

/** Who writes merged files of a partition, one at a time. */
export interface LakeLeases {
  /** @throws LakeBusyError */
  hold<Result>(partition: LakePartition, work: () => Promise<Result>): Promise<Result>;
}

/**
 * A minute more than a function may run: who holds a lease that has ended is not at work any more. A killed holder keeps
 * others from merging for so long, and from nothing else.
 */
const leaseSeconds = 16 * 60;

/** Rounds of waiting for another holder, which merges some files and ends within seconds. */
const waitRounds = 20;
const waitMilliseconds = 500;

/** `LAKE#<table>#<collection>#<split>` / `LEASE` of the ledger. */
export class LedgerLakeLeases implements LakeLeases {
  constructor(
    private readonly ledger: DocumentTable,
    private readonly clock: Clock,
    /** Another one for each invocation. */
    private readonly holder: string,
    private readonly pause: (milliseconds: number) => Promise<unknown>,
  ) {}

  async hold<Result>(
    { table, collection, split }: LakePartition,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const key = { pk: `LAKE#${table}#${collection}#${split}`, sk: 'LEASE' };
    for (let round = 0; !(await this.take(key)); round += 1) {
      if (round === waitRounds) throw new LakeBusyError('files of a partition are being merged');
      await this.pause(waitMilliseconds);
    }
    try {
      return await work();
    } finally {
      await this.ledger.update(key, {
        expression: 'SET #until = :now',
        condition: '#holder = :holder',
        names: { '#until': 'until', '#holder': 'holder' },
        values: { ':now': this.clock.now().toISOString(), ':holder': this.holder },
      });
    }
  }

  private take(key: ItemKey): Promise<boolean> {
    const now = this.clock.now();
    return this.ledger.update(key, {
      expression: 'SET #until = :until, #holder = :holder',
      condition: 'attribute_not_exists(#until) OR #until <= :now',
      names: { '#until': 'until', '#holder': 'holder' },
      values: {
        ':now': now.toISOString(),
        ':until': secondsAfter(now, leaseSeconds).toISOString(),
        ':holder': this.holder,
      },
    });
  }
}
