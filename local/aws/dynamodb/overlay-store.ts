import type { BatchOperation, Callback, Item, Store, SubDatabase, Table } from 'dynalite/db';
import { readAtOnce } from './read-at-once';

/**
 * A view of the database that keeps what is written to it. Operations of dynalite run against it as if it were the
 * database; then all they wrote, items and index entries alike, goes to the disk in one batch, which LevelDB applies
 * wholly or not at all even if the process is killed within it.
 */
export class OverlayStore implements Store {
  private readonly written = new Map<string, BatchOperation>();
  readonly options: Store['options'];
  readonly db: Store['db'];
  readonly tableDb: Store['tableDb'];

  constructor(private readonly store: Store) {
    this.options = store.options;
    this.db = store.db;
    this.tableDb = store.tableDb;
  }

  getTable(name: string, checkStatus: boolean | Callback<Table>, callback?: Callback<Table>): void {
    if (typeof checkStatus === 'function') this.store.getTable(name, checkStatus);
    else if (callback) this.store.getTable(name, checkStatus, callback);
  }

  getItemDb(name: string): SubDatabase {
    return this.subDatabase(`item-${name}~`);
  }

  getIndexDb(indexType: string, tableName: string, indexName: string): SubDatabase {
    return this.subDatabase(`index-${indexType.toLowerCase()}~${tableName}~${indexName}~`);
  }

  /** The item as it would stand after what was written so far. */
  item(table: Table, key: string): Item | undefined {
    const whole = `item-${table.TableName}~${key}`;
    const written = this.written.get(whole);
    if (written) return written.type === 'put' ? (written.value as Item) : undefined;
    return this.db.getSync(whole) as Item | undefined;
  }

  /** Writes everything, and the further entries, in one step. */
  async commit(further: readonly BatchOperation[] = []): Promise<void> {
    const operations = [...this.written.values(), ...further];
    if (operations.length > 0) await this.db.batch(operations);
    this.written.clear();
  }

  private subDatabase(prefix: string): SubDatabase {
    return {
      get: (key, callback) => {
        const written = this.written.get(prefix + key);
        if (!written) readAtOnce(this.db, prefix + key, callback);
        else process.nextTick(callback, null, written.type === 'put' ? written.value : undefined);
      },
      put: (key, value, callback) => {
        this.written.set(prefix + key, { type: 'put', key: prefix + key, value });
        process.nextTick(callback, null);
      },
      del: (key, callback) => {
        this.written.set(prefix + key, { type: 'del', key: prefix + key });
        process.nextTick(callback, null);
      },
      // Writes come one after the other already, so a lock of one item would hold nobody.
      lock: (_key, run) => run((callback) => callback),
    };
  }
}
