import type { ObjectPlace, ObjectStore } from '../platform/object-store';

/** Rounds in which somebody else writes the same object. */
const writeRounds = 10;

export interface RewriteObjectPorts {
  readonly objects: Pick<
    ObjectStore,
    'readText' | 'entityTag' | 'replace' | 'deleteAllVersions' | 'deleteOldVersions'
  >;
}

/** Does `round` again while somebody else writes the same object: a round says whether it has come to its end. */
export async function untilUndisturbed(round: () => Promise<boolean>): Promise<void> {
  for (let rounds = 0; rounds < writeRounds; rounds += 1) if (await round()) return;
  throw new Error('an object kept changing while it was written');
}

/**
 * Rewrites an object and deletes what it was before; `change` gives null where nothing is left of it. Written only over
 * what was read: two withdrawals that meet in one object would else bring back what the other has taken out.
 */
export async function rewriteObject(
  { objects }: RewriteObjectPorts,
  place: ObjectPlace,
  contentType: string,
  change: (text: string) => string | null,
): Promise<void> {
  await untilUndisturbed(async () => {
    // The tag first: what is written in between has another.
    const tag = await objects.entityTag(place);
    const text = tag === null ? null : await objects.readText(place);
    const left = text === null ? null : change(text);
    if (text !== null && left === null) await objects.deleteAllVersions(place.bucket, place.key);
    else if (left !== null && left !== text && !(await objects.replace(place, left, tag, contentType)))
      return false;
    await objects.deleteOldVersions(place);
    return true;
  });
}
