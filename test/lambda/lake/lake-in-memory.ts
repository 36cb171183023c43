import { LakeFileStore } from '../../../lambda/lake/lake-file-store';
import type { LakeLeases } from '../../../lambda/lake/lake-lease';
import { type LakePartition, rowOrder } from '../../../lambda/lake/lake-partition';
import { lakeTables } from '../../../lambda/lake/lake-tables.contract';
import { type LakeRow, toRows } from '../../../lambda/lake/parquet-file';
import { readList } from '../../../lambda/lake/partition-list';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

export const BUCKET = 'catalogue';

/** What a killed function throws in place of its next write. */
export class Killed extends Error {}

/** A lake in memory whose functions can be killed before any write, with a clock that stands still unless moved. */
export class LakeInMemory {
  readonly objects = new MemoryObjectStore();
  readonly files = new LakeFileStore({ objects: this.objects, catalogueBucket: BUCKET });
  readonly catalogueBucket = BUCKET;
  readonly fileRows = 12;
  readonly hasTime = () => true;
  private time = Date.parse('2026-11-29T03:00:00Z');
  readonly clock = { now: () => new Date(this.time) };
  private held = Promise.resolve();
  /** Whether leases part the holders; without, two may be at work at once, as after a lease that was lost. */
  parted = true;

  constructor() {
    this.objects.now = this.clock.now;
  }

  readonly leases: LakeLeases = {
    hold: async (_partition, work) => {
      if (!this.parted) return work();
      const before = this.held;
      let release = (): void => {};
      this.held = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      try {
        return await work();
      } finally {
        release();
      }
    },
  };

  /** Two hours: what lies about unnamed from before may be swept. */
  pass(): void {
    this.time += 7_200_000;
  }

  /** Kills whoever comes to the n-th write from now, counted from 1. */
  killAtWrite(write: number): void {
    let writes = 0;
    this.objects.beforeWrite = () => {
      writes += 1;
      if (writes >= write) throw new Killed('killed');
    };
  }

  letLive(): void {
    this.objects.beforeWrite = () => {};
  }

  /** All rows of a partition as a question sees them, in the order of the table. @throws Error where a file is missing */
  async rows(partition: LakePartition): Promise<LakeRow[]> {
    const { files } = await readList(this, partition);
    const [owner, within] = rowOrder[partition.table];
    const rows: LakeRow[] = [];
    for (const file of files)
      rows.push(...toRows(lakeTables[partition.table].columns, await this.files.read(partition, file)));
    const place = (row: LakeRow) => `${row[owner]} ${String(row[within]).padStart(9, '0')}`;
    return rows.sort((one, other) => (place(one) < place(other) ? -1 : 1));
  }
}
