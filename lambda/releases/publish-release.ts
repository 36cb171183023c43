import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock';
import { releaseDocumentKey } from '../platform/object-keys';
import { type ObjectStore, requireJson } from '../platform/object-store';
import { platformChain } from '../register/close-access';
import { changeRegister } from '../register/register-change';
import type { RegisterTable } from '../register/register-table';
import { checksumsFile, signatureFile } from './checksums.contract';
import { ReleaseAbandonedError } from './move-release';
import { release as releaseSchema } from './release.contract';
import { changedRelease, nowUnderWay, releaseUnderWay, requireRelease } from './release-store';

export interface PublishReleasePorts {
  readonly table: RegisterTable;
  readonly objects: Pick<ObjectStore, 'readText'>;
  readonly releasesBucket: string;
  readonly clock: Clock;
}

/**
 * Publishes a release whose documents all stand: the record, the event on the platform's chain with the digest of the list of
 * checksums and the commitment to what is held out, and room for the next one, in one transaction. Again: a no-op.
 */
export async function publishRelease(
  { table, objects, releasesBucket: bucket, clock }: PublishReleasePorts,
  release: string,
): Promise<{ release: string }> {
  const place = (name: string) => ({ bucket, key: releaseDocumentKey(release, name) });
  const { totals, heldOutCommitment: heldOut } = await requireJson(
    objects,
    place('release.json'),
    releaseSchema,
  );
  const [checksumsText, signature] = await Promise.all(
    [checksumsFile, signatureFile].map((name) => objects.readText(place(name))),
  );
  if (typeof checksumsText !== 'string' || typeof signature !== 'string')
    throw new Error(`the documents of release ${release} are not all there`);
  const checksums = createHash('sha256').update(checksumsText).digest('hex');
  return changeRegister<{ release: string }>(table, platformChain, async ({ lastAt }) => {
    const before = await requireRelease(table, release);
    if (before.state === 'published') return { unchanged: { release } };
    if (before.state !== 'building') throw new ReleaseAbandonedError(release);
    const now = clock.now();
    const at = lastAt !== null && lastAt > now ? lastAt : now;
    const publication = {
      at: at.toISOString(),
      checksums,
      heldOut,
      studies: totals.studies,
      people: totals.people,
    };
    return {
      writes: [
        changedRelease(before, { state: 'published', stop: null, publication }),
        nowUnderWay(await releaseUnderWay(table), null),
      ],
      facts: [{ type: 'release-published', data: { release, checksums, heldOut } }],
      actor: before.begunBy,
      at,
      result: { release },
    };
  });
}
