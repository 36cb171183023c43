import { absent, type TransactionWrite } from '../platform/document-table';
import { newId } from '../platform/ids';
import { chainOf } from '../register/applications';
import type { RepeatableRequest } from '../register/idempotency';
import {
  type Before,
  type Change,
  changeRegister,
  type NoChange,
  notBefore,
} from '../register/register-change';
import {
  atVersion,
  closuresKey,
  credentialPointerKey,
  issueKey,
  membershipKey,
  projectKey,
  withdrawnStudyKey,
} from '../register/register-table';
import { type Issue, issue, MOST_DELIVERIES, type RecordedIssue } from './credentials.contract';
import { refuseCredentials } from './credentials-refusals';
import { type CredentialsRefusalCode, credentialsRefusals } from './credentials-refusals.contract';
import { decideIssue, type IssueDecision } from './issue-decision';
import type { Issuer } from './issuer';
import { type Access, type AccessRequest, accessIn, accessKeys } from './read-access';
import { DELIVERY_WINDOW_SECONDS } from './session-times.contract';

type Decided = Extract<IssueDecision, { outcome: 'issue' }>;
export type Issued = Decided & { readonly record: RecordedIssue };
export type Refused = Extract<IssueDecision, { outcome: 'refuse' }>;
/** What the request belongs to has changed since it was read. */
type Again = { readonly outcome: 'again' };

type Step = Change<Issued | Refused | Again> | NoChange<Issued | Refused | Again>;

/** A repetition finds what others have just changed a few times at most: there is nobody but its own other repetitions. */
const REPETITION_ATTEMPTS = MOST_DELIVERIES;

/** What was said to an earlier request, as remembered with its key. */
const refusalId = (code: CredentialsRefusalCode) => `refused:${code}`;

function refusalOf(resultId: string): CredentialsRefusalCode | null {
  const code = resultId.replace(/^refused:/, '');
  return code !== resultId && code in credentialsRefusals ? (code as CredentialsRefusalCode) : null;
}

/** Conditions under which a decision still holds when it is written down. */
function checksOf(
  { subject, projectId, studies }: AccessRequest,
  { member, project, shut }: Access,
): TransactionWrite[] {
  return [
    { check: membershipKey(subject, projectId), condition: atVersion(member?.version ?? 0) },
    { check: projectKey(projectId), condition: atVersion(project?.version ?? 0) },
    { check: closuresKey, condition: atVersion(shut.version) },
    ...(studies ?? []).map((study) => ({ check: withdrawnStudyKey(study), condition: absent })),
  ];
}

function decide(issuer: Issuer, { studies }: AccessRequest, access: Access, before: Before): IssueDecision {
  const { person, member, project, shut, listed, withdrawn } = access;
  if (project === null) throw refuseCredentials('PROJECT_NOT_FOUND');
  const clock = issuer.clock.now();
  return decideIssue({
    now: notBefore(before.lastAt, clock),
    clock,
    // a machine sends images; that somebody named it in an application lets it read nothing
    membership: person === null || person.kind === 'machine' ? null : member,
    project,
    closures: shut,
    listed,
    withdrawn,
    collections: issuer.collections,
    roleOf: issuer.roleOf,
    uidRoot: issuer.uidRoot,
    studies,
  });
}

/** The issue may still be delivered: it is young, nobody said that it failed, and it was not asked for too often. */
function isDeliverable(issuer: Issuer, earlier: Issue, pseudonym: string, grantId: string): boolean {
  const age = issuer.clock.now().getTime() - Date.parse(earlier.issuedAt);
  return (
    age <= DELIVERY_WINDOW_SECONDS * 1000 &&
    earlier.deliveries < MOST_DELIVERIES &&
    earlier.person === pseudonym &&
    earlier.grantId === grantId
  );
}

/**
 * One more delivery of an issue, for a request that came again: written down before STS is asked, under the same conditions
 * as an issue. It is no new issue, so it has no event.
 */
async function recordRepetition(
  issuer: Issuer,
  request: AccessRequest,
  access: Access,
  decision: Decided,
  earlier: Issue,
): Promise<Issued | Again> {
  const { id, projectId, grantId, accessMode, person, studies, issuedAt, expiresAt, accessKeyIds } = earlier;
  const record: RecordedIssue = {
    ...{ id, projectId, grantId, accessMode, person, studies, issuedAt, expiresAt, accessKeyIds },
    durationSeconds: Math.min(earlier.durationSeconds, decision.durationSeconds),
    deliveries: earlier.deliveries + 1,
    version: earlier.version + 1,
    state: 'recorded',
  };
  const written = await issuer.table.transact([
    { put: { ...issueKey(projectId, id), ...record }, condition: atVersion(earlier.version) },
    ...checksOf(request, access),
  ]);
  return written.committed ? { ...decision, expiresAt: new Date(expiresAt), record } : { outcome: 'again' };
}

async function planIssue(
  issuer: Issuer,
  request: AccessRequest,
  repeatable: RepeatableRequest,
  credentialId: string,
  before: Before,
): Promise<Step> {
  const { projectId, studies } = request;
  const access = await accessIn(before.items, issuer.table, request);
  const decision = decide(issuer, request, access, before);
  const at = notBefore(before.lastAt, issuer.clock.now());
  const earlier = repeatable.earlierIn(before.items);
  const earlierCode = earlier && refusalOf(earlier.resultId);
  if (earlierCode !== null) return { unchanged: { outcome: 'refuse', code: earlierCode, grantId: null } };
  const earlierIssue = earlier && (await issuer.table.get(issueKey(projectId, earlier.resultId), issue));

  const { person } = access;
  if (decision.outcome === 'refuse' || person === null) {
    const refused: Refused =
      decision.outcome === 'refuse' ? decision : { outcome: 'refuse', code: 'NOT_A_MEMBER', grantId: null };
    return {
      writes: repeatable.remember(refusalId(refused.code), issuer.clock, earlier?.version),
      facts: [{ type: 'credential-refused', data: { code: refused.code, grantId: refused.grantId } }],
      actor: person?.pseudonym ?? 'unknown',
      at,
      result: refused,
    };
  }
  // A failed issue is over: its request, repeated, is a new one.
  if (earlierIssue && earlierIssue.state !== 'failed') {
    if (!isDeliverable(issuer, earlierIssue, person.pseudonym, decision.grant.id))
      throw refuseCredentials('CREDENTIAL_REQUEST_OLD');
    return { unchanged: await recordRepetition(issuer, request, access, decision, earlierIssue) };
  }
  const record: RecordedIssue = {
    id: credentialId,
    projectId,
    grantId: decision.grant.id,
    accessMode: decision.grant.accessMode,
    person: person.pseudonym,
    studies: studies === null ? null : [...studies],
    issuedAt: at.toISOString(),
    durationSeconds: decision.durationSeconds,
    expiresAt: decision.expiresAt.toISOString(),
    deliveries: 1,
    accessKeyIds: [],
    version: 1,
    state: 'recorded',
  };
  const { id, grantId, accessMode, expiresAt } = record;
  return {
    writes: [
      { put: { ...issueKey(projectId, credentialId), ...record }, condition: absent },
      { put: { ...credentialPointerKey(credentialId), projectId }, condition: absent },
      ...checksOf(request, access),
      ...repeatable.remember(credentialId, issuer.clock, earlier?.version),
    ],
    facts: [
      {
        type: 'credential-issued',
        data: { credentialId: id, grantId, studies: record.studies, accessMode, expiresAt },
      },
    ],
    actor: person.pseudonym,
    at,
    result: { ...decision, record },
  };
}

/**
 * Decides on what stands in the register and writes the decision down in one transaction, or finds what was written down
 * for the same request before. The transaction checks that membership, project (with its grants), closures and withdrawals
 * are what they were when read: a revocation that came in between makes it decide again.
 *
 * @throws PlatformError PROJECT_NOT_FOUND, CREDENTIAL_REQUEST_OLD, IDEMPOTENCY_KEY_REUSED, REGISTER_BUSY
 */
export async function recordIssue(
  issuer: Issuer,
  request: AccessRequest,
  repeatable: RepeatableRequest,
): Promise<Issued | Refused> {
  const credentialId = newId('c', issuer.clock);
  for (let attempt = 0; attempt < REPETITION_ATTEMPTS; attempt += 1) {
    const step = await changeRegister<Issued | Refused | Again>(
      issuer.table,
      chainOf(request.projectId),
      (before) => planIssue(issuer, request, repeatable, credentialId, before),
      [...accessKeys(request), ...repeatable.itemKeys],
    );
    if (step.outcome !== 'again') return step;
  }
  throw refuseCredentials('CREDENTIAL_REQUEST_OLD');
}
