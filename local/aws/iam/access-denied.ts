import { AwsError } from '../service';
import type { Decision, MatchedStatement } from './evaluate';

const POLICY_KINDS: Readonly<Record<MatchedStatement['source'], string>> = {
  identity: 'identity-based policy',
  session: 'session policy',
  boundary: 'permissions boundary',
  resource: 'resource-based policy',
};

/** The refusal as AWS words it. */
export function accessDenied(
  principalArn: string,
  action: string,
  resource: string,
  decision: Decision,
): AwsError {
  const source = decision.matched[0]?.source ?? 'identity';
  const reason =
    decision.decision === 'explicit-deny'
      ? `with an explicit deny in ${/^i/.test(source) ? 'an' : 'a'} ${POLICY_KINDS[source]}`
      : `because no ${POLICY_KINDS[decision.missing ?? 'identity']} allows the ${action} action`;
  return new AwsError(
    'AccessDenied',
    `User: ${principalArn} is not authorized to perform: ${action} on resource: "${resource}" ${reason}`,
    403,
  );
}
