import { chainOf } from '../register/applications';
import { changeRegister } from '../register/register-change';
import { atVersion, issueKey } from '../register/register-table';
import { issue, MOST_DELIVERIES, type RecordedIssue } from './credentials.contract';
import type { CredentialsRefusalCode } from './credentials-refusals.contract';
import type { Issuer } from './issuer';
import type { Session } from './session-maker';

/**
 * Tells the register that nobody holds the credential. Where the request was repeated meanwhile, somebody may: the issue
 * then stays as it is.
 */
export async function recordFailure(issuer: Issuer, record: RecordedIssue): Promise<void> {
  const code: CredentialsRefusalCode = 'SESSION_NOT_MADE';
  const { id, projectId, grantId, person } = record;
  const key = issueKey(projectId, id);
  await changeRegister<null>(issuer.table, chainOf(projectId), async () => {
    const now = await issuer.table.get(key, issue);
    if (now?.state !== 'recorded' || now.version !== 1) return { unchanged: null };
    return {
      writes: [
        { put: { ...key, ...now, state: 'failed', code, version: now.version + 1 }, condition: atVersion(1) },
      ],
      facts: [{ type: 'credential-failed', data: { credentialId: id, grantId, code } }],
      actor: person,
      at: issuer.clock.now(),
      result: null,
    };
  });
}

async function addDelivery(issuer: Issuer, record: RecordedIssue, session: Session): Promise<boolean> {
  const key = issueKey(record.projectId, record.id);
  // As found when it was recorded, which is how it still stands unless the request was repeated meanwhile.
  let stands: typeof record | Awaited<ReturnType<typeof read>> = record;
  const read = () => issuer.table.get(key, issue);
  for (let attempt = 0; attempt < MOST_DELIVERIES && stands !== null; attempt += 1) {
    const written = await issuer.table.transact([
      {
        put: {
          ...key,
          ...stands,
          state: 'delivered',
          accessKeyIds: [...stands.accessKeyIds, session.accessKeyId],
          packedPolicySize: session.packedPolicySize,
          version: stands.version + 1,
        },
        condition: atVersion(stands.version),
      },
    ]);
    if (written.committed) return true;
    stands = await read();
  }
  return false;
}

/** Adds to the issue what joins it to CloudTrail; the credential is good without it. */
export async function recordDelivery(issuer: Issuer, record: RecordedIssue, session: Session): Promise<void> {
  const fields = {
    projectId: record.projectId,
    grantId: record.grantId,
    credentialId: record.id,
    packedPolicySize: session.packedPolicySize,
  };
  try {
    if (await addDelivery(issuer, record, session)) issuer.log.info('credential delivered', fields);
    else issuer.log.error('credential delivered, delivery not recorded', fields);
  } catch (error) {
    issuer.log.error('credential delivered, delivery not recorded', fields, error);
  }
}
