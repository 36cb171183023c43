import type { Clock } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import { absent } from '../platform/document-table';
import { newId } from '../platform/ids';
import type { Log } from '../platform/log';
import type { CollectionRoleOf } from '../platform/name-templates.contract';
import { chainOf } from '../register/applications';
import { changeRegister } from '../register/register-change';
import {
  atVersion,
  closuresKey,
  issueKey,
  membershipKey,
  projectKey,
  type RegisterTable,
} from '../register/register-table';
import type { CredentialsResponse, RecordedIssue } from './credentials.contract';
import { refuseCredentials } from './credentials-refusals';
import type { CredentialsRefusalCode } from './credentials-refusals.contract';
import { decideIssue, type IssueDecision } from './issue-decision';
import { readAccess } from './read-access';
import type { Session, SessionMaker } from './session-maker';
import { buildSessionPolicy } from './session-policy';
import { DELIVERY_SECONDS } from './session-times.contract';

/** Everything that the issue of credentials needs. */
export interface Issuer {
  readonly table: RegisterTable;
  readonly clock: Clock;
  readonly sessions: SessionMaker;
  readonly log: Log;
  readonly collections: readonly CollectionConfiguration[];
  readonly roleOf: CollectionRoleOf;
  readonly uidRoot: string;
  readonly datastoreArn: string;
  /** What the researcher needs beside the credential. */
  readonly place: Pick<CredentialsResponse, 'region' | 'dicomwebEndpoint' | 'datastoreId'>;
}

type Issued = Extract<IssueDecision, { outcome: 'issue' }> & { readonly record: RecordedIssue };
type Refused = Extract<IssueDecision, { outcome: 'refuse' }>;

/**
 * Decides on what stands in the register and writes the decision down in one transaction. The transaction checks that
 * membership, project (with its grants) and closures are what they were when read: a revocation that came in between
 * makes it decide again.
 */
function recordIssue(
  issuer: Issuer,
  subject: string,
  projectId: string,
  studies: readonly string[] | null,
): Promise<Issued | Refused> {
  const { table, clock } = issuer;
  const credentialId = newId('c', clock);
  return changeRegister<Issued | Refused>(table, chainOf(projectId), async () => {
    const {
      person,
      member,
      project: found,
      shut,
      listed,
      withdrawn,
    } = await readAccess(table, subject, projectId, studies);
    if (found === null) throw refuseCredentials('PROJECT_NOT_FOUND');
    const now = clock.now();
    const decision = decideIssue({
      now,
      membership: person === null ? null : member,
      project: found,
      closures: shut,
      listed,
      withdrawn,
      collections: issuer.collections,
      roleOf: issuer.roleOf,
      uidRoot: issuer.uidRoot,
      studies,
    });
    if (decision.outcome === 'refuse' || person === null || member === null) {
      const refused: Refused =
        decision.outcome === 'refuse' ? decision : { outcome: 'refuse', code: 'NOT_A_MEMBER', grantId: null };
      return {
        writes: [],
        facts: [{ type: 'credential-refused', data: { code: refused.code, grantId: refused.grantId } }],
        actor: person?.pseudonym ?? 'unknown',
        at: now,
        result: refused,
      };
    }
    const record: RecordedIssue = {
      id: credentialId,
      projectId,
      grantId: decision.grant.id,
      accessMode: decision.grant.accessMode,
      person: person.pseudonym,
      studies: studies === null ? null : [...studies],
      issuedAt: now.toISOString(),
      durationSeconds: decision.durationSeconds,
      expiresAt: decision.expiresAt.toISOString(),
      version: 1,
      state: 'recorded',
    };
    return {
      writes: [
        { put: { ...issueKey(projectId, credentialId), ...record }, condition: absent },
        { check: membershipKey(subject, projectId), condition: atVersion(member.version) },
        { check: projectKey(projectId), condition: atVersion(found.version) },
        { check: closuresKey, condition: atVersion(shut.version) },
      ],
      facts: [
        {
          type: 'credential-issued',
          data: {
            credentialId,
            grantId: record.grantId,
            studies: record.studies,
            accessMode: record.accessMode,
            expiresAt: record.expiresAt,
          },
        },
      ],
      actor: person.pseudonym,
      at: now,
      result: { ...decision, record },
    };
  });
}

/** Asks STS for the session of a recorded issue. Throws where none is made or it would live too long. */
async function makeSession(issuer: Issuer, issued: Issued): Promise<Session> {
  const { record, grant: granted, roleArn, durationSeconds, expiresAt } = issued;
  const waited = issuer.clock.now().getTime() - Date.parse(record.issuedAt);
  if (waited > (DELIVERY_SECONDS / 2) * 1000) throw new Error('the issue is too old to be delivered');
  const session = await issuer.sessions.assume({
    roleArn,
    sessionName: record.id,
    policy: buildSessionPolicy(granted, {
      uidRoot: issuer.uidRoot,
      datastoreArn: issuer.datastoreArn,
      studies: record.studies,
    }),
    durationSeconds,
    sourceIdentity: record.person,
    tags: { ProjectId: record.projectId, GrantId: record.grantId },
  });
  if (session.expiration > expiresAt) throw new Error('the session would outlive its issue');
  return session;
}

/** Tells the register that nobody holds the credential. */
async function recordFailure(issuer: Issuer, record: RecordedIssue): Promise<void> {
  const code: CredentialsRefusalCode = 'SESSION_NOT_MADE';
  await changeRegister<null>(issuer.table, chainOf(record.projectId), async () => ({
    writes: [
      {
        put: {
          ...issueKey(record.projectId, record.id),
          ...record,
          state: 'failed',
          code,
          version: record.version + 1,
        },
        condition: atVersion(record.version),
      },
    ],
    facts: [
      {
        type: 'credential-failed',
        data: { credentialId: record.id, grantId: record.grantId, code },
      },
    ],
    actor: record.person,
    at: issuer.clock.now(),
    result: null,
  }));
}

/** Adds to the issue what joins it to CloudTrail; the credential is good without it. */
async function recordDelivery(issuer: Issuer, record: RecordedIssue, session: Session): Promise<void> {
  const fields = {
    projectId: record.projectId,
    grantId: record.grantId,
    credentialId: record.id,
    packedPolicySize: session.packedPolicySize,
  };
  try {
    await issuer.table.transact([
      {
        put: {
          ...issueKey(record.projectId, record.id),
          ...record,
          state: 'delivered',
          accessKeyId: session.accessKeyId,
          packedPolicySize: session.packedPolicySize,
          version: record.version + 1,
        },
        condition: atVersion(record.version),
      },
    ]);
    issuer.log.info('credential delivered', fields);
  } catch (error) {
    issuer.log.error('credential delivered, delivery not recorded', fields, error);
  }
}

/**
 * Issues a credential: decides, records the issue, and only then makes the session.
 *
 * @param studies Study Instance UIDs, or null for all of the grant
 * @throws PlatformError with a code of `credentialsRefusals`; all but PROJECT_NOT_FOUND stand in the history too
 */
export async function issueCredentials(
  issuer: Issuer,
  subject: string,
  projectId: string,
  studies: readonly string[] | null,
): Promise<CredentialsResponse> {
  const decided = await recordIssue(issuer, subject, projectId, studies);
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
