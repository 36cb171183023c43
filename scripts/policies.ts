import { parseArgs } from 'node:util';
import type { Configuration } from '../config/configuration';
import { loadConfiguration } from '../config/load-configuration';
import { entriesOf, type ProofEntry, proofOf } from './policies/proof';
import { richConfiguration } from './policies/rich-configuration';
import { summaryOf } from './policies/summary';
import { synthesisePolicies } from './policies/synthesise-app';

const usage = `npm run policies [-- OPTIONS]
  --env NAME    environment to prove; "rich" is a generated one (example and rich)
  --json        every role, session policy and case as JSON: [{name, principal, identityPolicies, sessionPolicy,
                trustPolicy, cases: [{action, resource, context, expect}]}]
Without --json the exit code is 1 where the policies are not as the rules say.`;

function configurationsOf(names: readonly string[]): readonly Configuration[] {
  return names.map((name) => (name === 'rich' ? richConfiguration() : loadConfiguration(name)));
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
    const { lines, faults } = summaryOf(account, proof);
    console.log([...lines, `  against the rules: ${faults.length === 0 ? 'nothing' : ''}`].join('\n'));
    for (const fault of faults) console.log(`    ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
  if (values.json) process.stdout.write(`${JSON.stringify(all)}\n`);
}

policies().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
