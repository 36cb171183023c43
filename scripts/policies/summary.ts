import type { AccountPolicies } from './account-policies';
import { heldOutGoals } from './held-out-goals';
import { kindOf, type Landscape } from './landscape';
import { disagreements } from './platform-verdict';
import type { Proof, ProofEntry } from './proof';
import { reachableGoals } from './reach';
import { faultsOfResourcePolicies } from './resource-policy-rules';
import { rightsOfRole } from './rules/function-rights';
import { reachesHeldOut } from './rules/things';
import { waysIn } from './ways-in';

/** What was asked of an environment's policies, and what stands in them against the rules. */
export interface Summary {
  readonly lines: readonly string[];
  /** Empty where the policies are as the rules say. */
  readonly faults: readonly string[];
}

function countLine(what: string, entries: readonly ProofEntry[]): string {
  const cases = entries.flatMap((entry) => entry.cases);
  const allowed = cases.filter(({ expect }) => expect === 'allow').length;
  return `  ${what}: ${entries.length} entries, ${cases.length} cases, of which ${allowed} are allowed`;
}

function heldOutLines({ roles, ...landscape }: Landscape): readonly string[] {
  return roles.flatMap((role) => {
    const kind = kindOf(role, { ...landscape, roles });
    const entry = kind.kind === 'function' ? kind.entry : undefined;
    const { may, heldOut } = rightsOfRole({ id: role.id, entry });
    const rights = may.filter(reachesHeldOut);
    return rights.length === 0 ? [] : [`    ${entry ?? role.id}: ${rights.join(', ')}. ${heldOut ?? ''}`];
  });
}

/** Faults of one part that are shown; more of them say no more. */
const SHOWN = 5;

function differences(entries: readonly ProofEntry[]): readonly string[] {
  const found: string[] = [];
  for (const { entry, action, resource, expect, context } of disagreements(entries)) {
    found.push(`${entry}: ${action} on ${resource} should be ${expect}: ${JSON.stringify(context)}`);
    if (found.length === SHOWN) break;
  }
  return found;
}

/** Asks everything of the proof, of the policies at resources and of the walk. */
export function summaryOf(account: AccountPolicies, proof: Proof): Summary {
  const { landscape, readers, revoked, assumptions, functions } = proof;
  const goals = heldOutGoals(landscape);
  const people = waysIn(landscape);
  return {
    lines: [
      `${landscape.environmentName}: ${account.roles.length} roles, ${account.resourcePolicies.length} policies at resources`,
      countLine('readers', readers),
      countLine('researchers once access was revoked', revoked),
      countLine('who may take which role', assumptions),
      countLine('functions and services', functions),
      `  held-out data: ${goals.length} goals, looked for from ${people.length} sessions that people may hold`,
      '  may touch held-out data, none of them a person’s role:',
      ...heldOutLines(landscape),
    ],
    faults: [
      ...[readers, revoked, assumptions, functions].flatMap(differences),
      ...faultsOfResourcePolicies(account),
      ...people.flatMap((wayIn) =>
        reachableGoals(wayIn, account, goals)
          .slice(0, SHOWN)
          .map(({ path, goal }) => `reached: ${[...path, goal].join(' > ')}`),
      ),
    ],
  };
}
