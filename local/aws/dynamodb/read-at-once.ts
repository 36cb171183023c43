import type { Callback, Store } from 'dynalite/db';

/**
 * Reads a value in this turn, and says so before the next: what is asked for is mostly in LevelDB's memory, and a trip to
 * the thread pool and around the event loop costs many times as much.
 */
export function readAtOnce(database: Store['db'], key: string, callback: Callback): void {
  let value: unknown;
  try {
    value = database.getSync(key);
  } catch (error) {
    process.nextTick(callback, error);
    return;
  }
  process.nextTick(callback, null, value);
}
