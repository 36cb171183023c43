import { RepeatableRequest } from '../register/idempotency';
import type { CredentialsResponse } from './credentials.contract';
import { refuseCredentials } from './credentials-refusals';
import type { Issuer } from './issuer';
import type { AccessRequest } from './read-access';
import { type Issued, recordIssue } from './record-issue';
import { recordDelivery, recordFailure } from './record-outcome';
import type { Session } from './session-maker';
import { buildSessionPolicy } from './session-policy';
import { DELIVERY_WINDOW_SECONDS } from './session-times.contract';

/**
 * Per cent of what STS takes of session policy and tags, packed. Above 100 it makes no session; how it packs is not
 * documented, so the way there is counted.
 */
const FULL_POLICY_PERCENT = 80;

/** Asks STS for a session of a recorded issue. Throws where none is made or it would live too long. */
async function makeSession(issuer: Issuer, issued: Issued): Promise<Session> {
  const { record, grant: granted, roleArn, expiresAt } = issued;
  const waited = issuer.clock.now().getTime() - Date.parse(record.issuedAt);
  if (waited > DELIVERY_WINDOW_SECONDS * 1000) throw new Error('the issue is too old to be delivered');
  const session = await issuer.sessions.assume({
    roleArn,
    sessionName: record.id,
    policy: buildSessionPolicy(granted, {
      uidRoot: issuer.uidRoot,
      datastoreArn: issuer.datastoreArn,
      studies: record.studies,
    }),
    durationSeconds: record.durationSeconds,
    sourceIdentity: record.person,
    tags: { ProjectId: record.projectId, GrantId: record.grantId },
  });
  if (session.expiration > expiresAt) throw new Error('the session would outlive its issue');
  return session;
}

/**
 * Issues a credential: decides, records the issue, and only then makes the session.
 *
 * @param key names the request: when it comes again within half a minute, a session is made under the same issue, since
 *   nothing secret is kept that could be given again
 * @throws PlatformError with a code of `credentialsRefusals`; those that say no stand in the history too
 */
export async function issueCredentials(
  issuer: Issuer,
  request: AccessRequest,
  key?: string,
): Promise<CredentialsResponse> {
  const { subject, projectId, studies } = request;
  const repeatable = RepeatableRequest.of(subject, key, { route: 'issue-credentials', projectId, studies });
  const decided = await recordIssue(issuer, request, repeatable);
  if (decided.outcome === 'refuse') {
    issuer.log.info('credential refused', { projectId, code: decided.code });
    throw refuseCredentials(decided.code);
  }
  const { record } = decided;
  let session: Session;
  try {
    session = await makeSession(issuer, decided);
  } catch (error) {
    issuer.log.error('session not made', { projectId, credentialId: record.id }, error);
    await recordFailure(issuer, record);
    throw refuseCredentials('SESSION_NOT_MADE');
  }
  if ((session.packedPolicySize ?? 0) >= FULL_POLICY_PERCENT) issuer.countFullPolicy();
  await recordDelivery(issuer, record, session);
  return {
    accessKeyId: session.accessKeyId,
    secretAccessKey: session.secretAccessKey,
    sessionToken: session.sessionToken,
    expiration: session.expiration.toISOString(),
    ...issuer.place,
    grantId: record.grantId,
  };
}
