import type { Clock } from '../platform/clock';
import { absent } from '../platform/document-table';
import { newId } from '../platform/ids';
import { canaryKey, type RegisterTable } from '../register/register-table';
import { CANARY_ARC } from '../register/revocation.contract';
import type { CanarySession } from './canary.contract';
import type { SessionMaker } from './session-maker';
import { SHORTEST_SESSION_SECONDS } from './session-times.contract';
import { developmentPrefix } from './study-scope.contract';

/** What a canary needs: the role whose sessions read nothing, and where they read it. */
export interface Canary {
  readonly table: RegisterTable;
  readonly clock: Clock;
  readonly sessions: SessionMaker;
  readonly roleArn: string;
  readonly uidRoot: string;
  readonly region: string;
  readonly dicomwebEndpoint: string;
  readonly datastoreId: string;
}

const REMEMBERED_SECONDS = 3_600;

/**
 * Makes a session like a researcher's, on a role under the same denials, for a grant that never was. It may read studies of
 * an arc that no collection has: a read is answered with 404 while the session is allowed, and with 403 once it is denied.
 */
export async function openCanary(canary: Canary): Promise<CanarySession> {
  const { table, clock, uidRoot } = canary;
  const grantId = newId('g', clock);
  const projectId = newId('p', clock);
  const expires = Math.floor(clock.now().getTime() / 1000) + REMEMBERED_SECONDS;
  await table.transact([
    { put: { ...canaryKey(grantId), projectId, timeToLive: expires }, condition: absent },
  ]);
  const session = await canary.sessions.assume({
    roleArn: canary.roleArn,
    sessionName: newId('c', clock),
    durationSeconds: SHORTEST_SESSION_SECONDS,
    sourceIdentity: 'canary',
    tags: { ProjectId: projectId, GrantId: grantId },
  });
  const study = `${developmentPrefix(uidRoot, CANARY_ARC)}1`;
  return {
    grantId,
    projectId,
    accessKeyId: session.accessKeyId,
    secretAccessKey: session.secretAccessKey,
    sessionToken: session.sessionToken,
    expiration: session.expiration.toISOString(),
    region: canary.region,
    dicomwebEndpoint: canary.dicomwebEndpoint,
    datastoreId: canary.datastoreId,
    path: `/studies/${study}/series/${study}.1/instances/${study}.1.1`,
  };
}
