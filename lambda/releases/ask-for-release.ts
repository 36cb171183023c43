import type { RequestPerson } from '../platform/request-person';
import { platformChain } from '../register/close-access';
import { RepeatableRequest } from '../register/idempotency';
import { type People, readActor } from '../register/people';
import { changeRegister } from '../register/register-change';
import { compareVersions } from './release.contract';
import type { ReleaseRecord } from './release-record.contract';
import { refuseRelease } from './release-refusals.contract';
import type { ReleaseStarter } from './release-starter';
import { allReleases, findRelease, newRelease, nowUnderWay, releaseUnderWay } from './release-store';
import type { NewRelease } from './releases-api.contract';

export interface ReleaseMakers extends People {
  readonly starter: ReleaseStarter;
  /** Ids of the configuration. */
  readonly collections: ReadonlySet<string>;
}

interface Asked {
  readonly record: ReleaseRecord;
  readonly created: boolean;
}

/**
 * Begins a release: its record, the event, and its execution. The same request again gives the same release, and starts it
 * where that had failed.
 *
 * @throws PlatformError ROLE_REQUIRED, UNKNOWN_COLLECTION, RELEASE_EXISTS, RELEASE_NOT_NEWER, RELEASE_UNDER_WAY,
 *   IDEMPOTENCY_KEY_REUSED, REGISTER_BUSY
 */
export async function askForRelease(
  makers: ReleaseMakers,
  requester: RequestPerson,
  body: NewRelease,
  idempotencyKey: string | undefined,
): Promise<Asked> {
  const { table, clock } = makers;
  const { pseudonym: by } = await readActor(makers, requester, ['officer']);
  const { version: release, title } = body;
  const collections = [...body.collections].sort();
  if (!collections.every((id) => makers.collections.has(id))) throw refuseRelease('UNKNOWN_COLLECTION');
  const request = RepeatableRequest.of(requester.subject, idempotencyKey, { route: 'createRelease', body });
  const asked = await changeRegister<Asked>(table, platformChain, async () => {
    const earlier = await request.earlierResult(table);
    const known = await findRelease(table, release);
    if (earlier !== null && known !== null) return { unchanged: { record: known, created: false } };
    if (known !== null) throw refuseRelease('RELEASE_EXISTS');
    const underWay = await releaseUnderWay(table);
    if (underWay.release !== null)
      throw refuseRelease('RELEASE_UNDER_WAY', { extensions: { release: underWay.release } });
    const later = (await allReleases(table)).some(
      (each) => each.state === 'published' && compareVersions(each.release, release) > 0,
    );
    if (later) throw refuseRelease('RELEASE_NOT_NEWER');
    const at = clock.now();
    const record: ReleaseRecord = {
      release,
      title,
      collections,
      state: 'draft',
      attempt: 1,
      begunAt: at.toISOString(),
      begunBy: by,
      stop: null,
      reasons: [],
      publication: null,
      version: 1,
    };
    return {
      writes: [newRelease(record), nowUnderWay(underWay, release), ...request.remember(release, clock)],
      facts: [{ type: 'release-begun', data: { release, collections } }],
      actor: by,
      at,
      result: { record, created: true },
    };
  });
  if (asked.record.state === 'draft') await makers.starter.start(asked.record);
  return asked;
}
