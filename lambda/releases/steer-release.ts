import { createHash } from 'node:crypto';
import type { RequestPerson } from '../platform/request-person';
import { platformChain } from '../register/close-access';
import { readActor } from '../register/people';
import { changeRegister } from '../register/register-change';
import type { ReleaseMakers } from './ask-for-release';
import { mayBecome } from './release-decisions';
import type { ReleaseReason, ReleaseRecord } from './release-record.contract';
import { refuseRelease } from './release-refusals.contract';
import { changedRelease, findRelease, nowUnderWay, releaseUnderWay } from './release-store';
import type { NewReason } from './releases-api.contract';

async function readRelease({ table }: Pick<ReleaseMakers, 'table'>, release: string): Promise<ReleaseRecord> {
  const record = await findRelease(table, release);
  if (record === null) throw refuseRelease('RELEASE_NOT_FOUND');
  return record;
}

/** The record on its way to another execution. */
const nextAttempt = ({ attempt }: ReleaseRecord) => ({
  attempt: attempt + 1,
  stop: null,
  state: 'draft' as const,
});

/** @throws PlatformError RELEASE_NOT_STOPPED, REASON_NOT_ASKED, FINDINGS_CHANGED */
function requireAskedReason({ state, stop }: ReleaseRecord, findings: string): void {
  if (state !== 'stopped' || stop === null) throw refuseRelease('RELEASE_NOT_STOPPED');
  if (stop.kind !== 'gate' || stop.about !== 'representativeness') throw refuseRelease('REASON_NOT_ASKED');
  if (stop.digest !== findings) throw refuseRelease('FINDINGS_CHANGED');
}

/**
 * Puts on record why a release goes on although it represents some groups badly, and goes on with it. The same reason again
 * is a no-op.
 *
 * @throws PlatformError ROLE_REQUIRED, RELEASE_NOT_FOUND, RELEASE_NOT_STOPPED, REASON_NOT_ASKED, FINDINGS_CHANGED,
 *   REGISTER_BUSY
 */
export async function giveReason(
  makers: ReleaseMakers,
  requester: RequestPerson,
  release: string,
  { findings, text }: NewReason,
): Promise<ReleaseRecord> {
  const { pseudonym: by } = await readActor(makers, requester, ['officer']);
  const record = await changeRegister<ReleaseRecord>(makers.table, platformChain, async () => {
    const before = await readRelease(makers, release);
    const said = before.reasons.some((each) => each.digest === findings && each.text === text);
    if (said && before.state !== 'stopped') return { unchanged: before };
    requireAskedReason(before, findings);
    const at = makers.clock.now();
    const reason: ReleaseReason = { digest: findings, text, by, at: at.toISOString() };
    const change = { ...nextAttempt(before), reasons: [...before.reasons, reason] };
    return {
      writes: [changedRelease(before, change)],
      facts: [
        {
          type: 'release-reason-given',
          data: { release, findings, reason: createHash('sha256').update(text).digest('hex') },
        },
      ],
      actor: by,
      at,
      result: { ...before, ...change, version: before.version + 1 },
    };
  });
  if (record.state === 'draft') await makers.starter.start(record);
  return record;
}

/**
 * Goes on with a release that has stopped, or that was never started because its request broke off.
 * @throws PlatformError ROLE_REQUIRED, RELEASE_NOT_FOUND, RELEASE_FINISHED, REGISTER_BUSY
 */
export async function resumeRelease(
  makers: ReleaseMakers,
  requester: RequestPerson,
  release: string,
): Promise<ReleaseRecord> {
  await readActor(makers, requester, ['officer']);
  const before = await readRelease(makers, release);
  if (before.publication !== null || before.state === 'abandoned') throw refuseRelease('RELEASE_FINISHED');
  if (before.state !== 'stopped') {
    await makers.starter.start(before);
    return before;
  }
  const change = nextAttempt(before);
  const { committed } = await makers.table.transact([changedRelease(before, change)]);
  const record = committed
    ? { ...before, ...change, version: before.version + 1 }
    : await readRelease(makers, release);
  if (record.state === 'draft') await makers.starter.start(record);
  return record;
}

/**
 * Gives a release up, so that another may begin.
 * @throws PlatformError ROLE_REQUIRED, RELEASE_NOT_FOUND, RELEASE_NOT_STOPPED, RELEASE_FINISHED, REGISTER_BUSY
 */
export async function abandonRelease(
  makers: ReleaseMakers,
  requester: RequestPerson,
  release: string,
): Promise<ReleaseRecord> {
  const { pseudonym: by } = await readActor(makers, requester, ['officer']);
  return changeRegister<ReleaseRecord>(makers.table, platformChain, async () => {
    const before = await readRelease(makers, release);
    if (before.state === 'abandoned') return { unchanged: before };
    if (before.state === 'published') throw refuseRelease('RELEASE_FINISHED');
    if (!mayBecome(before.state, 'abandoned')) throw refuseRelease('RELEASE_NOT_STOPPED');
    const change = { state: 'abandoned' as const };
    return {
      writes: [changedRelease(before, change), nowUnderWay(await releaseUnderWay(makers.table), null)],
      facts: [{ type: 'release-abandoned', data: { release } }],
      actor: by,
      at: makers.clock.now(),
      result: { ...before, ...change, version: before.version + 1 },
    };
  });
}
