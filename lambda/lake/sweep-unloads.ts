import type { Clock } from '../platform/clock';
import type { ObjectStore } from '../platform/object-store';
import { unloadsFolder } from './lake-folders.contract';

export interface SweepUnloadsPorts {
  readonly objects: Pick<ObjectStore, 'list' | 'head' | 'deleteAllVersions'>;
  readonly catalogueBucket: string;
  readonly clock: Clock;
}

/**
 * The step that takes the rows of a release has a quarter of an hour, and up to four attempts with pauses between them. What
 * was written so long ago belongs to none that still runs.
 */
const unloadMilliseconds = 3 * 3_600_000;

/**
 * Deletes in every version what attempts at a release have left behind that died on their way: an engine may write on when
 * its asker has gone, after a withdrawal has looked there. A release that is started again takes its rows anew.
 * @returns the number of files
 */
export async function sweepUnloads({
  objects,
  catalogueBucket: bucket,
  clock,
}: SweepUnloadsPorts): Promise<number> {
  const dead: string[] = [];
  for await (const { key } of objects.list(bucket, unloadsFolder)) {
    const head = await objects.head({ bucket, key });
    if (head !== null && clock.now().getTime() - head.modifiedAt.getTime() > unloadMilliseconds)
      dead.push(key);
  }
  for (const key of dead) await objects.deleteAllVersions(bucket, key);
  return dead.length;
}
