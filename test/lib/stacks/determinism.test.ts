import { Template } from 'aws-cdk-lib/assertions';
import { example } from '../../../config/example';
import { appWithoutBundles, exampleStage, stackNames, stackOf } from '../synthesized-stage';

describe('the synth', () => {
  it('gives the same templates for the same configuration', () => {
    const [one, two] = [exampleStage(appWithoutBundles()), exampleStage(appWithoutBundles())];
    for (const name of stackNames) {
      expect(Template.fromStack(stackOf(one, name)).toJSON()).toEqual(
        Template.fromStack(stackOf(two, name)).toJSON(),
      );
    }
  });

  it('changes no template when a trust joins but that of its landing stack, and there only adds', () => {
    const joining = {
      odsCode: 'RZ2',
      name: 'Third',
      region: 'E12000001',
      nhsNumbers: [{ attribute: 'PatientID' as const }],
    };
    const before = exampleStage(appWithoutBundles());
    const trusts = [joining, ...example.trusts];
    const after = exampleStage(appWithoutBundles(), { trusts });
    for (const name of stackNames) {
      const templates = [before, after].map((stage) => Template.fromStack(stackOf(stage, name)).toJSON());
      const [was = {}, is = {}] = templates;
      if (name === 'landing-2') {
        const added = Object.keys(is.Resources).filter((id) => !(id in was.Resources));
        expect(added).toHaveLength(3);
        for (const id of added) expect(id).toContain('RZ2');
        expect(is.Resources).toMatchObject(was.Resources);
      } else {
        expect(is).toEqual(was);
      }
    }
  });
});
