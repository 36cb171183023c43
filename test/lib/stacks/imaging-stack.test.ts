import { Match } from 'aws-cdk-lib/assertions';
import { datastoreProperties } from '../../../lambda/imaging/datastore.contract';
import { actionsOf, statementsOfRole, templateOf } from '../synthesized-stage';

const template = templateOf('imaging');
const stores = Object.entries(template.findResources('Custom::HealthImagingDatastore'));

describe('data stores', () => {
  it('there are two, development and held-out, each under a key of its own', () => {
    expect(stores.map(([, { Properties }]) => Properties.DatastoreName)).toEqual([
      'nmip-example-development',
      'nmip-example-held-out',
    ]);
    const keys = stores.map(([, { Properties }]) => JSON.stringify(Properties.KmsKeyArn));
    expect(new Set(keys).size).toBe(2);
  });

  it('are kept and stored without loss as HTJ2K', () => {
    for (const [, store] of stores) {
      expect(store.DeletionPolicy).toBe('Retain');
      expect(store.Properties.LosslessStorageFormat).toBe('HTJ2K');
    }
  });

  it('only the development store takes bearer tokens', () => {
    const [development, heldOut] = stores.map(([, { Properties }]) => Properties);
    expect(development?.LambdaAuthorizerArn).toBeDefined();
    expect(heldOut).not.toHaveProperty('LambdaAuthorizerArn');
  });

  it('have the properties that their function reads', () => {
    for (const [, { Properties }] of stores) {
      const { ServiceToken: _, ...given } = Properties;
      const texts = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : 'arn:resolved',
        ]),
      );
      expect(datastoreProperties.safeParse(texts).success).toBe(true);
      expect(Object.keys(given)).toEqual(
        expect.arrayContaining(['DatastoreName', 'KmsKeyArn', 'LosslessStorageFormat']),
      );
    }
  });
});

describe('import role', () => {
  it('is assumed by HealthImaging for these data stores only', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'medical-imaging.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': Match.anyValue() },
              ArnEquals: { 'aws:SourceArn': Match.anyValue() },
            },
          }),
        ],
      },
    });
  });

  it('reads de-identified files and writes below import-jobs/, nothing else', () => {
    const statements = statementsOfRole('imaging', 'ImportRole');
    expect(new Set(actionsOf(statements))).toEqual(
      new Set(['s3:ListBucket', 's3:GetObject', 's3:PutObject', 'kms:Decrypt', 'kms:GenerateDataKey']),
    );
    const put = statements.find(({ Action }) => Action === 's3:PutObject');
    expect(JSON.stringify(put?.Resource)).toContain('/import-jobs/*');
  });
});

describe('maker of data stores', () => {
  it('cannot delete one', () => {
    expect(
      actionsOf(statementsOfRole('imaging', 'DatastoreResource')).filter((action) => /Delete/.test(action)),
    ).toEqual([]);
  });
});
