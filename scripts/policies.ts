import { parseArgs } from 'node:util';
import type { Configuration } from '../config/configuration';
import { loadConfiguration } from '../config/load-configuration';
import { heldOutGoals } from './policies/held-out-goals';
import { disagreements } from './policies/platform-verdict';
import { entriesOf, type ProofEntry, proofOf } from './policies/proof';
import { reachableGoals } from './policies/reach';
import { faultsOfResourcePolicies } from './policies/resource-policy-rules';
import { richConfiguration } from './policies/rich-configuration';
import { synthesisePolicies } from './policies/synthesise-app';
import { waysIn } from './policies/ways-in';

const usage = `npm run policies [-- OPTIONS]
  --env NAME    environment to prove; "rich" is a generated one (example and rich)
  --json        every role, session policy and case as JSON: [{name, principal, identityPolicies, sessionPolicy,
                trustPolicy, cases: [{action, resource, context, expect}]}]`;

function configurationsOf(names: readonly string[]): readonly Configuration[] {
  return names.map((name) => (name === 'rich' ? richConfiguration() : loadConfiguration(name)));
}

function countText(what: string, entries: readonly ProofEntry[]): string {
  const cases = entries.flatMap((entry) => entry.cases);
  const allowed = cases.filter(({ expect }) => expect === 'allow').length;
  const [first] = disagreements(entries);
  const differs =
    first && `; the evaluator differs from the rules: ${first.entry}, ${first.action} on ${first.resource}`;
  return `  ${what}: ${entries.length} entries, ${cases.length} cases, of which ${allowed} are allowed${differs ?? ''}`;
}

/** Prints what the app's policies are held to: as a summary, or whole as JSON. */
async function policies(): Promise<void> {
  const { values } = parseArgs({
    options: {
      env: { type: 'string', multiple: true, default: ['example', 'rich'] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const all: ProofEntry[] = [];
  for (const configuration of configurationsOf(values.env)) {
    const account = await synthesisePolicies(configuration);
    const proof = proofOf(configuration, account);
    if (values.json) {
      all.push(...entriesOf(proof));
      continue;
    }
    const goals = heldOutGoals(proof.landscape);
    const reached = waysIn(proof.landscape).flatMap((wayIn) => reachableGoals(wayIn, account, goals));
    console.log(
      [
        `${configuration.environmentName}: ${account.roles.length} roles, ${account.resourcePolicies.length} policies at resources`,
        countText('readers', proof.readers),
        countText('researchers once access was revoked', proof.revoked),
        countText('who may take which role', proof.assumptions),
        countText('functions and services', proof.functions),
        `  resource policies against the rules: ${faultsOfResourcePolicies(account).join('; ') || 'none'}`,
        `  held-out goals or further roles that people reach: ${reached.map(({ path, goal }) => [...path, goal].join(' > ')).join('; ') || 'none'} (${goals.length} goals)`,
      ].join('\n'),
    );
  }
  if (values.json) process.stdout.write(`${JSON.stringify(all)}\n`);
}

policies().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
