import type { QueryEngine } from '../lake/query-engine';
import { PlatformError } from '../platform/platform-error';
import { type CommitPorts, commitHeldOut } from '../splits/commit';
import { requireRelease } from './release-store';

export interface CommitToHeldOutPorts extends CommitPorts {
  readonly engine: Pick<QueryEngine, 'rows'>;
}

/** Commits publicly to what a release holds out, once; to nothing where nothing is held out. */
export async function commitToHeldOut(
  ports: CommitToHeldOutPorts,
  release: string,
): Promise<{ release: string }> {
  const { state, begunBy } = await requireRelease(ports.table, release);
  if (state === 'published') return { release };
  try {
    await commitHeldOut(ports, release, begunBy);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'NOTHING_HELD_OUT') throw error;
  }
  return { release };
}
