import type { AccountPolicies } from './account-policies';
import { kindOf, type Landscape } from './landscape';
import { everything } from './proof';
import type { WayIn } from './reach';
import { readerSessions } from './readers';

/**
 * What people hold of AWS: a researcher the session of a credential, a viewer (through HealthImaging) the session of a role,
 * somebody outside an account of their own. Uploaders, applicants, reviewers, officers and auditors hold nothing of AWS:
 * the API's functions act for them, each under its own role, which nobody takes.
 */
export function waysIn(landscape: Landscape): readonly WayIn[] {
  const sessions = readerSessions(landscape).map(({ role, scope, roleArn, sessionPolicy }): WayIn => {
    const held = landscape.roles.find(({ arn }) => arn === roleArn);
    return {
      called: `${role}, ${scope}`,
      principal: roleArn,
      identityPolicies: held?.identityPolicies.map(({ document }) => document) ?? [],
      sessionPolicy,
    };
  });
  const stranger: WayIn = {
    called: 'somebody with an AWS account of their own',
    principal: 'arn:aws:iam::999988887777:role/Stranger',
    identityPolicies: [everything],
    sessionPolicy: null,
  };
  return [...sessions, stranger];
}

/** Functions of the API that act for people, as if their role could be taken: what their code alone keeps from a caller. */
export function functionsForPeople(landscape: Landscape, account: AccountPolicies): readonly WayIn[] {
  const served = new Set(
    account.resourcePolicies
      .filter(({ document }) => JSON.stringify(document).includes('"apigateway.amazonaws.com"'))
      .flatMap(({ resources }) => resources),
  );
  return landscape
    .ofType('AWS::Lambda::Function')
    .filter(({ arn }) => served.has(arn))
    .flatMap(({ properties }) => landscape.roles.filter(({ arn }) => arn === properties.Role))
    .map((role) => {
      const kind = kindOf(role, landscape);
      return {
        called: kind.kind === 'function' ? kind.entry : role.id,
        principal: role.arn,
        identityPolicies: role.identityPolicies.map(({ document }) => document),
        sessionPolicy: null,
      };
    });
}
