import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, type NagPack, NIST80053R5Checks } from 'cdk-nag';
import type { ConfigurationInput } from '../../../config/configuration';
import { NmipChecks } from '../../../lib/checks/nmip-checks';
import { appWithoutBundles, exampleStage } from '../synthesized-stage';
import { excesses, measureTemplate, nearest } from '../template-limits';

/** England has about 200 trusts that image; the platform must hold half as many again. */
const trusts: ConfigurationInput['trusts'] = Array.from({ length: 300 }, (_, index) => ({
  odsCode: `R${(index + 36).toString(36).toUpperCase()}`,
  name: `Hospitals of the ${index + 1}. district NHS Foundation Trust`,
  region: 'E12000004',
  nhsNumbers: [{ attribute: 'PatientID', issuer: 'NHS' }, { attribute: 'OtherPatientIDsSequence' }],
}));

const collections: ConfigurationInput['collections'] = Array.from({ length: 50 }, (_, index) => ({
  // as long as ids and texts may be
  id: `collection-${'x'.repeat(26)}-${String(index).padStart(2, '0')}`,
  arc: 9900 + index,
  title: 'T'.repeat(120),
  purpose: 'P'.repeat(1000),
  duoCodes: ['DUO:0000007', 'DUO:0000026', 'DUO:0000029'],
  legalBasis: {
    article6: '6(1)(e)',
    article9: '9(2)(j)',
    confidentiality: 'Section 251 support',
    reference: '00/CAG/0000',
    endsOn: '2031-03-31',
  },
  accessModes: ['dae-only', 'direct'],
}));

const app = appWithoutBundles();
const stage = exampleStage(app, {
  environmentName: 'a12345678901234',
  account: '111122223333',
  region: 'ap-southeast-2',
  trusts,
  collections,
});
// references between stacks are settled by the synth
app.synth();
const stacks = stage.node.children.filter(Stack.isStack);
const measures = stacks.flatMap((stack) =>
  measureTemplate(stack.node.id, Template.fromStack(stack).toJSON()),
);
const packs: readonly (new (scope: Stack) => NagPack)[] = [AwsSolutionsChecks, NIST80053R5Checks, NmipChecks];

describe('300 trusts and 50 collections in two access modes', () => {
  it('stay within every quota of AWS on what the templates describe', () => {
    expect(excesses(measures)).toEqual([]);
  });

  it('take no more room in environments and policies than two trusts and three collections do', () => {
    const small = exampleStage(appWithoutBundles());
    const before = nearest(
      small.node.children
        .filter(Stack.isStack)
        .flatMap((stack) => measureTemplate(stack.node.id, Template.fromStack(stack).toJSON())),
    );
    const after = nearest(measures);
    for (const limit of [
      'bytes of environment variables',
      'characters of the inline policies of a role',
      'characters of a trust policy',
      'bytes of a bucket policy',
    ] as const) {
      // per cent of the quota: names are longer here by some characters, lists are not
      expect([limit, (after[limit] ?? 0) <= (before[limit] ?? 0) + 5]).toEqual([limit, true]);
    }
  });

  it('have a bucket each, none named twice', () => {
    const names = stacks.flatMap((stack) =>
      Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket')).flatMap(
        ({ Properties }): string[] => (Properties.BucketName === undefined ? [] : [Properties.BucketName]),
      ),
    );
    expect(new Set(names).size).toBe(300);
  });

  it.each(packs.map((pack) => [pack.name, pack] as const))('leave no finding of %s', (_, Pack) => {
    const findings = stacks.flatMap((stack) =>
      new Pack(stack)
        .validateScope(stack)
        .violations.map(({ ruleName, violatingResources }) => [
          ruleName,
          violatingResources.map(({ constructPath }) => constructPath),
        ]),
    );
    expect(findings).toEqual([]);
  });
});
