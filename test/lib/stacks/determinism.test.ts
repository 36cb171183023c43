import { Template } from 'aws-cdk-lib/assertions';
import { example } from '../../../config/example';
import { appWithoutBundles, exampleStage, stackNames } from '../synthesized-stage';

describe('the synth', () => {
  it('gives the same templates for the same configuration', () => {
    const [one, two] = [exampleStage(appWithoutBundles()), exampleStage(appWithoutBundles())];
    for (const name of stackNames) {
      expect(Template.fromStack(one[name]).toJSON()).toEqual(Template.fromStack(two[name]).toJSON());
    }
  });

  it('changes nothing stateful when a trust joins but what belongs to it', () => {
    const before = Template.fromStack(exampleStage(appWithoutBundles()).storage).toJSON();
    const trusts = [
      ...example.trusts,
      {
        odsCode: 'RZ3',
        name: 'Third',
        region: 'E12000001',
        nhsNumbers: [{ attribute: 'PatientID' as const }],
      },
    ];
    const after = Template.fromStack(exampleStage(appWithoutBundles(), { trusts }).storage).toJSON();
    const added = Object.keys(after.Resources).filter((id) => !(id in before.Resources));
    for (const id of added) expect(id).toContain('RZ3');
    for (const [id, resource] of Object.entries(before.Resources)) {
      // the policy of the access-log bucket names each bucket that delivers to it
      if (!id.startsWith('AccessLogsPolicy')) expect([id, after.Resources[id]]).toEqual([id, resource]);
    }
  });
});
