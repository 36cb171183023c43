import type { Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type NagPack, NIST80053R5Checks } from 'cdk-nag';
import { NmipChecks } from '../../../lib/checks/nmip-checks';
import { appWithoutBundles, exampleStage, stackNames, stackOf } from '../synthesized-stage';

const app = appWithoutBundles();
const stage = exampleStage(app);
// references between stacks, and with them the spelling of findings, are settled by the synth
app.synth();

const packs: readonly (new (scope: Stack) => NagPack)[] = [AwsSolutionsChecks, NIST80053R5Checks, NmipChecks];

describe.each(stackNames)('stack %s', (name) => {
  it.each(packs.map((pack) => [pack.name, pack] as const))(
    'has no unacknowledged finding of %s',
    (_, Pack) => {
      const stack = stackOf(stage, name);
      const { violations } = new Pack(stack).validateScope(stack);
      expect(
        violations.map(({ ruleName, violatingResources }) => [
          ruleName,
          violatingResources.map(({ constructPath }) => constructPath),
        ]),
      ).toEqual([]);
    },
  );
});
