import { type AuthorisationRequest, evaluate, type Principal } from '../../local/aws/iam/evaluate';
import { parsePolicy } from '../../local/aws/iam/policy';
import { requestContext } from '../../local/aws/iam/request-context';
import type { ProofEntry } from './proof';
import type { Case, Question, Verdict } from './question';

function principalOf(principal: string): Principal {
  if (!principal.startsWith('arn:')) return { kind: 'service', service: principal };
  const accountId = principal.split(':')[4] ?? '';
  const role = principal.slice(principal.lastIndexOf('/') + 1);
  return {
    kind: 'role-session',
    accountId,
    roleArn: principal,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${role}/session`,
  };
}

/** The evaluator of the embedded platform, asked with the policies of an entry. */
export function platformVerdict(entry: Omit<ProofEntry, 'cases'>): (question: Question) => Verdict {
  const policies: Omit<AuthorisationRequest, 'action' | 'resource' | 'context'> = {
    principal: principalOf(entry.principal),
    identityPolicies: entry.identityPolicies.map((document, index) =>
      parsePolicy(`policy ${index}`, document, 'identity'),
    ),
    sessionPolicies:
      entry.sessionPolicy === null ? [] : [parsePolicy('session policy', entry.sessionPolicy, 'identity')],
    ...(entry.permissionsBoundary === undefined
      ? {}
      : { boundary: parsePolicy('boundary', entry.permissionsBoundary, 'identity') }),
    ...(entry.trustPolicy === null
      ? {}
      : { resourcePolicy: { policy: parsePolicy('trust', entry.trustPolicy, 'trust'), role: 'required' } }),
  };
  return ({ action, resource, context }) =>
    evaluate({ ...policies, action, resource, context: requestContext(context) }).decision === 'allow'
      ? 'allow'
      : 'deny';
}

/** A case in which the platform's evaluator and the rules differ. */
export interface Disagreement extends Case {
  readonly entry: string;
}

/** Cases in which the evaluator differs from the rules, one after the other as they are found. */
export function* disagreements(entries: readonly ProofEntry[]): Generator<Disagreement> {
  for (const entry of entries) {
    const verdict = platformVerdict(entry);
    for (const asked of entry.cases) {
      if (verdict(asked) !== asked.expect) yield { ...asked, entry: entry.name };
    }
  }
}
