import type { ImportJobs } from '../imaging/import-jobs';
import { withdrawalKeys } from '../platform/object-keys';
import { type ObjectStore, readJson } from '../platform/object-store';
import type { WithdrawalStore } from './withdrawal-store';
import { gathered } from './work.contract';

/** HealthImaging answers 25 GetImageSet a second; a fifth is left for others. */
const looksPerSecond = 20;

/** A deletion takes seconds; looks at an image set that is not gone yet, a second apart, before the step fails. */
const goneLooks = 60;
const goneMilliseconds = 1_000;

/** Image sets between two notes of the progress. */
const notedEvery = 200;

/** Raised where HealthImaging still has an image set that was deleted. */
export class ImageSetNotDeletedError extends Error {
  override readonly name = 'ImageSetNotDeletedError';
}

/** Where the deletion is; passes through the state of the execution. */
export interface DeletionPosition {
  readonly phase: 'delete' | 'confirm' | 'gone';
  readonly position: number;
}

export interface DeleteImageSetsPorts {
  readonly objects: Pick<ObjectStore, 'readText'>;
  readonly withdrawals: Pick<WithdrawalStore, 'note'>;
  readonly images: Pick<ImportJobs, 'deleteImageSet' | 'isGone'>;
  readonly isThrottled: (error: unknown) => boolean;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  /** Whether the function has time for another image set. */
  readonly hasTime: () => boolean;
  readonly deletesPerSecond: number;
  readonly workBucket: string;
}

interface ImageSet {
  readonly datastoreId: string;
  readonly imageSetId: string;
}

/** Tries again for as long as the service says that too many calls come. */
async function patiently(
  ports: DeleteImageSetsPorts,
  interval: number,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!ports.isThrottled(error) || !ports.hasTime()) throw error;
      await ports.pause(interval * (1 + Math.random()));
    }
  }
}

async function untilGone(
  { images, pause }: DeleteImageSetsPorts,
  { datastoreId, imageSetId }: ImageSet,
): Promise<void> {
  for (let look = 0; look < goneLooks; look += 1) {
    if (look > 0) await pause(goneMilliseconds);
    if (await images.isGone(datastoreId, imageSetId)) return;
  }
  throw new ImageSetNotDeletedError(`image set ${imageSetId}`);
}

/**
 * Deletes the image sets of a withdrawal, one after the other at the service's rate, for as long as the function has
 * time; when all are deleted, asks of each whether it is gone. Gives where the next call goes on.
 * @throws ImageSetNotDeletedError
 */
export async function deleteImageSets(
  ports: DeleteImageSetsPorts,
  withdrawalId: string,
  { phase, position }: DeletionPosition,
): Promise<{ withdrawalId: string } & DeletionPosition> {
  const place = { bucket: ports.workBucket, key: withdrawalKeys.gathered(withdrawalId) };
  const known = await readJson(ports.objects, place, gathered);
  // Nothing is written down any more: the certificate stands.
  if (known === null || phase === 'gone') return { withdrawalId, phase: 'gone', position };
  const { imageSets } = known;
  const interval = 1_000 / (phase === 'delete' ? ports.deletesPerSecond : looksPerSecond);
  let next = position;
  for (const imageSet of imageSets.slice(position)) {
    if (!ports.hasTime()) return { withdrawalId, phase, position: next };
    const started = ports.now();
    await patiently(ports, interval, () =>
      phase === 'delete'
        ? ports.images.deleteImageSet(imageSet.datastoreId, imageSet.imageSetId)
        : untilGone(ports, imageSet),
    );
    next += 1;
    if (phase === 'delete' && (next % notedEvery === 0 || next === imageSets.length))
      await ports.withdrawals.note(withdrawalId, {
        progress: { imageSetsDeleted: next, imageSets: imageSets.length },
      });
    const rest = interval - (ports.now() - started);
    if (rest > 0 && next < imageSets.length) await ports.pause(rest);
  }
  return { withdrawalId, phase: phase === 'delete' ? 'confirm' : 'gone', position: 0 };
}
