import type { AccountPolicies, ResourcePolicy } from './account-policies';

/**
 * Rules for policies that stand at resources (docs/adr/0033): they let in services of AWS alone, and the keys' policies
 * leave the rest to the account. So nothing is allowed to a role but by its own policies, which is where the proof looks.
 * Policies of VPC endpoints allow nothing by themselves.
 */

function principalsOf(statement: Readonly<Record<string, unknown>>): readonly string[] {
  const { Principal } = statement;
  if (Principal === '*') return ['*'];
  if (typeof Principal !== 'object' || Principal === null) return ['nobody named'];
  return Object.entries(Principal).flatMap(([kind, names]) =>
    [names].flat().map((name) => (kind === 'Service' ? 'a service' : `${kind} ${String(name)}`)),
  );
}

function mayLetIn(principal: string, { type }: ResourcePolicy, accountId: string): boolean {
  if (principal === 'a service') return true;
  return type === 'AWS::KMS::Key' && principal === `AWS arn:aws:iam::${accountId}:root`;
}

/** What stands in a resource's policy against the rules; empty where all is well. */
export function faultsOfResourcePolicies({
  resourcePolicies,
  accountId,
}: AccountPolicies): readonly string[] {
  return resourcePolicies
    .filter(({ type }) => type !== 'AWS::EC2::VPCEndpoint')
    .flatMap((policy) =>
      policy.document.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
        principalsOf(statement)
          .filter((principal) => !mayLetIn(principal, policy, accountId))
          .map((principal) => `${policy.id} lets in ${principal}`),
      ),
    );
}
