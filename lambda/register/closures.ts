import { type Closures, closures, NO_CLOSURES } from './closure.contract';
import { closuresKey, type RegisterTable } from './register-table';

/** What is shut for everybody. */
export async function readClosures(table: RegisterTable): Promise<Closures> {
  return (await table.get(closuresKey, closures)) ?? NO_CLOSURES;
}

/** Why nobody may read a collection, or null where they may. */
export function isShut(shut: Closures, collection: string): 'PLATFORM_CLOSED' | 'COLLECTION_CLOSED' | null {
  if (shut.everything !== null) return 'PLATFORM_CLOSED';
  return shut.collections.some((each) => each.collection === collection) ? 'COLLECTION_CLOSED' : null;
}
