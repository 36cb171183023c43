import type { RegisterTable } from '../register/register-table';
import { mayBecome } from './release-decisions';
import type { ReleaseRecord, ReleaseState } from './release-record.contract';
import { changedRelease, type ReleaseChange, requireRelease } from './release-store';

type Table = Pick<RegisterTable, 'get' | 'transact'>;

/** Attempts of one move, where others change the record at the same time. */
const attempts = 5;

/** Raised where a step is about a release that officers have given up. */
export class ReleaseAbandonedError extends Error {
  override readonly name = 'ReleaseAbandonedError';
  constructor(release: string) {
    super(`release ${release} is abandoned`);
  }
}

/**
 * Moves a release on to a state; one that is published stays so, and is given as it stands.
 * @throws ReleaseAbandonedError
 */
export async function moveRelease(
  table: Table,
  release: string,
  to: ReleaseState,
  change: ReleaseChange = {},
): Promise<ReleaseRecord> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = await requireRelease(table, release);
    if (before.state === 'abandoned') throw new ReleaseAbandonedError(release);
    if (before.state === 'published') return before;
    if (!mayBecome(before.state, to))
      throw new Error(`release ${release} does not go from ${before.state} to ${to}`);
    const after = { ...before, ...change, state: to };
    const { committed } = await table.transact([changedRelease(before, { ...change, state: to })]);
    if (committed) return { ...after, version: before.version + 1 };
  }
  throw new Error(`release ${release} was changed by others every time`);
}
