import type { Caller, ConditionContext } from '../service';
import { accessDenied } from './access-denied';
import type { Decision, Principal } from './evaluate';
import { roleId } from './role';
import type { Session } from './session';

/** Decides for a session; the registry, which knows the policies. */
export interface SessionDecider {
  /** @param contexts condition keys; a later one replaces keys of an earlier one, and an empty list removes a key */
  decide(session: Session, action: string, resource: string, contexts: readonly ConditionContext[]): Decision;
}

/** A forward access session comes from the service's network, not from the client's. */
const WITHOUT_NETWORK: ConditionContext = { 'aws:SourceVpce': [], 'aws:SourceIp': [] };

/** A role session that asks for authorisation within one request. */
export class SessionCaller implements Caller {
  readonly principalArn: string;
  readonly accountId: string;
  readonly roleArn: string;
  readonly sourceIdentity?: string;
  readonly sessionTags: Readonly<Record<string, string>>;

  constructor(
    readonly session: Session,
    private readonly decider: SessionDecider,
    /** Condition keys of the request that every authorisation in it shares. */
    private readonly requestContext: ConditionContext,
  ) {
    const principal = sessionPrincipal(session);
    this.principalArn = principal.sessionArn;
    this.accountId = principal.accountId;
    this.roleArn = session.roleArn;
    this.sourceIdentity = session.sourceIdentity;
    this.sessionTags = session.tags;
  }

  authorise(action: string, resource: string, context: ConditionContext = {}): void {
    const decision = this.decide(action, resource, context);
    if (decision.decision !== 'allow') throw accessDenied(this.principalArn, action, resource, decision);
  }

  /** As `authorise`, without throwing. */
  decide(action: string, resource: string, context: ConditionContext = {}): Decision {
    const viaService = (context['aws:ViaAWSService'] ?? this.requestContext['aws:ViaAWSService']) === 'true';
    const contexts = [this.requestContext, context, ...(viaService ? [WITHOUT_NETWORK] : [])];
    return this.decider.decide(this.session, action, resource, contexts);
  }
}

/** The principal of a session as policies name it. */
export function sessionPrincipal(session: Pick<Session, 'roleArn' | 'sessionName'>) {
  const [, , , , accountId = '', path = ''] = session.roleArn.split(':');
  const roleName = path.slice(path.lastIndexOf('/') + 1);
  return {
    kind: 'role-session',
    accountId,
    roleArn: session.roleArn,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${session.sessionName}`,
  } as const satisfies Principal;
}

/** Condition keys that follow from the session itself. Tags of the session replace those of its role. */
export function principalContext(
  session: Pick<Session, 'roleArn' | 'sessionName' | 'issuedAt' | 'tags' | 'sourceIdentity'>,
  roleTags: Readonly<Record<string, string>>,
): ConditionContext {
  const context: Record<string, string> = {
    'aws:PrincipalArn': session.roleArn,
    'aws:PrincipalAccount': sessionPrincipal(session).accountId,
    'aws:PrincipalType': 'AssumedRole',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
    'aws:userid': `${roleId(session.roleArn)}:${session.sessionName}`,
    'aws:TokenIssueTime': new Date(session.issuedAt * 1000).toISOString(),
  };
  if (session.sourceIdentity !== undefined) context['aws:SourceIdentity'] = session.sourceIdentity;
  const sessionTagKeys = new Set(Object.keys(session.tags).map((key) => key.toLowerCase()));
  for (const [key, value] of Object.entries(roleTags)) {
    if (!sessionTagKeys.has(key.toLowerCase())) context[`aws:PrincipalTag/${key}`] = value;
  }
  for (const [key, value] of Object.entries(session.tags)) context[`aws:PrincipalTag/${key}`] = value;
  return context;
}
