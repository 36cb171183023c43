import { conditionHolds } from './condition-operators';
import type { Policy, PrincipalPattern, Statement } from './policy';
import { resolvePolicyText } from './policy-variables';
import type { RequestContext } from './request-context';
import { matchesPattern } from './wildcards';

/** Who asks. */
export type Principal =
  | {
      readonly kind: 'role-session';
      readonly accountId: string;
      readonly roleArn: string;
      readonly sessionArn: string;
    }
  | { readonly kind: 'service'; readonly service: string };

export interface AuthorisationRequest {
  readonly principal: Principal;
  readonly action: string;
  /** ARN, or `*` for actions that name no resource. */
  readonly resource: string;
  readonly context: RequestContext;
  /** Inline and managed policies of the role. */
  readonly identityPolicies: readonly Policy[];
  /** Policies passed when the session was made; none passed (empty or absent) narrows nothing. */
  readonly sessionPolicies?: readonly Policy[];
  readonly boundary?: Policy;
  readonly resourcePolicy?: {
    readonly policy: Policy;
    /**
     * `additional`: it may allow what the identity policies do not (S3 buckets, within the account).
     * `required`: nothing is allowed that it does not allow itself or leave to the account (KMS keys, role trust).
     */
    readonly role: 'additional' | 'required';
  };
}

/** A statement that applied to the request. */
export interface MatchedStatement {
  readonly source: 'identity' | 'session' | 'boundary' | 'resource';
  readonly policy: string;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
}

export interface Decision {
  readonly decision: 'allow' | 'explicit-deny' | 'implicit-deny';
  /** For an explicit deny the denying statements; else all that applied. */
  readonly matched: readonly MatchedStatement[];
  /** For an implicit deny: the kind of policy whose allowance is missing. */
  readonly missing?: 'identity' | 'session' | 'boundary' | 'resource';
}

/**
 * How a resource policy names a principal. What is granted to the session itself or to everyone stands by itself;
 * what is granted to the role is narrowed by boundary and session policies; what is granted to the account is left to
 * the account's identity policies.
 */
type PrincipalMatch = 'none' | 'account' | 'role' | 'session';

/**
 * Decides a request within one account by the rules of the IAM User Guide ("Policy evaluation logic"): an explicit
 * deny anywhere wins; then resource, identity, boundary and session policies as `PrincipalMatch` describes. Pure.
 */
export function evaluate(request: AuthorisationRequest): Decision {
  const identity = applying(request.identityPolicies, 'identity', request);
  const session = applying(request.sessionPolicies ?? [], 'session', request);
  const boundary = applying(request.boundary ? [request.boundary] : [], 'boundary', request);
  const resource = request.resourcePolicy
    ? applying([request.resourcePolicy.policy], 'resource', request)
    : [];

  const all = [...identity, ...session, ...boundary, ...resource];
  const denying = all.filter((match) => match.effect === 'Deny');
  if (denying.length > 0) return { decision: 'explicit-deny', matched: denying.map(describe) };
  const matched = all.map(describe);
  const allow: Decision = { decision: 'allow', matched };
  const refuse = (missing: Decision['missing']): Decision => ({
    decision: 'implicit-deny',
    matched,
    missing,
  });

  if (resource.some((match) => match.principal === 'session')) return allow;
  const roleNamed = resource.some((match) => match.principal === 'role');
  if (request.principal.kind === 'service') return refuse('resource');
  if (request.resourcePolicy?.role === 'required' && resource.length === 0) return refuse('resource');
  if (identity.length === 0 && !roleNamed) return refuse('identity');
  if (request.boundary !== undefined && boundary.length === 0) return refuse('boundary');
  if ((request.sessionPolicies?.length ?? 0) > 0 && session.length === 0) return refuse('session');
  return allow;
}

interface Match extends MatchedStatement {
  readonly principal: PrincipalMatch;
}

function describe({ source, policy, sid, effect }: Match): MatchedStatement {
  return { source, policy, sid, effect };
}

function applying(
  policies: readonly Policy[],
  source: Match['source'],
  { principal: asking, action, resource, context }: AuthorisationRequest,
): Match[] {
  const matches: Match[] = [];
  for (const policy of policies) {
    for (const statement of statementsOn(policy, action)) {
      if (!resourceApplies(statement, resource, context)) continue;
      const principal = principalMatch(statement, asking);
      if (principal === 'none') continue;
      if (!statement.conditions.every((condition) => conditionHolds(condition, context))) continue;
      matches.push({ source, policy: policy.name, sid: statement.sid, effect: statement.effect, principal });
    }
  }
  return matches;
}

/** By policy and action, as it was asked for: policies do not change, and few actions are asked for at all. */
const statementsByAction = new WeakMap<Policy, Map<string, readonly Statement[]>>();

/** The statements of a policy that speak of an action. */
function statementsOn(policy: Policy, action: string): readonly Statement[] {
  let byAction = statementsByAction.get(policy);
  if (byAction === undefined) {
    byAction = new Map();
    statementsByAction.set(policy, byAction);
  }
  let statements = byAction.get(action);
  if (statements === undefined) {
    const lowerCase = action.toLowerCase();
    statements = policy.statements.filter((statement) => actionApplies(statement, lowerCase));
    byAction.set(action, statements);
  }
  return statements;
}

function actionApplies({ actions }: Statement, action: string): boolean {
  return actions.patterns.some((pattern) => matchesPattern(pattern, action)) !== actions.negated;
}

function resourceApplies({ resources }: Statement, resource: string, context: RequestContext): boolean {
  if (resources === undefined) return true;
  const named = resources.patterns.some((text) => {
    const pattern = resolvePolicyText(text, context, true);
    return pattern !== undefined && matchesPattern(pattern, resource);
  });
  return named !== resources.negated;
}

function principalMatch({ principals }: Statement, principal: Principal): PrincipalMatch {
  if (principals === undefined) return 'role';
  const matches = principals.patterns.map((pattern) => matchPrincipal(pattern, principal));
  if (principals.negated) return matches.every((match) => match === 'none') ? 'session' : 'none';
  return strongest(matches);
}

function strongest(matches: readonly PrincipalMatch[]): PrincipalMatch {
  for (const match of ['session', 'role', 'account'] as const) if (matches.includes(match)) return match;
  return 'none';
}

function matchPrincipal(pattern: PrincipalPattern, principal: Principal): PrincipalMatch {
  if (pattern.kind === 'everyone') return 'session';
  if (principal.kind === 'service') {
    return pattern.kind === 'service' && pattern.service === principal.service ? 'session' : 'none';
  }
  if (pattern.kind === 'account') return pattern.accountId === principal.accountId ? 'account' : 'none';
  if (pattern.kind !== 'arn') return 'none';
  if (pattern.arn === principal.sessionArn) return 'session';
  return pattern.arn === principal.roleArn ? 'role' : 'none';
}
