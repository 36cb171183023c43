import { Match } from 'aws-cdk-lib/assertions';
import { type StackName, stackNames, stackOf, synthesizedStage, templateOf } from '../synthesized-stage';

const stateful: readonly StackName[] = [
  'keys',
  'storage',
  'landing-1',
  'landing-2',
  'records',
  'authorisation',
  'imaging',
  'trail',
  'lake',
];
const dataTypes = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'Custom::HealthImagingDatastore'];

describe('stateful and stateless stacks', () => {
  it.each(stackNames)('%s is protected from deletion when, and only when, it is stateful', (name) => {
    expect(stackOf(synthesizedStage(), name).terminationProtection ?? false).toBe(stateful.includes(name));
  });

  it.each(stackNames.filter((name) => !stateful.includes(name)))('%s holds no data', (name) => {
    for (const type of dataTypes) templateOf(name).resourceCountIs(type, 0);
  });

  it.each(stateful)('%s depends on no stateless stack', (name) => {
    const dependencies = stackOf(synthesizedStage(), name).dependencies.map(({ stackName }) => stackName);
    const stateless = stackNames
      .filter((other) => !stateful.includes(other))
      .map((other) => stackOf(synthesizedStage(), other).stackName);
    expect(dependencies.filter((dependency) => stateless.includes(dependency))).toEqual([]);
  });
});

describe('every stack', () => {
  it.each(stackNames)('%s has no IAM user, group or access key', (name) => {
    for (const type of ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::AccessKey']) {
      templateOf(name).resourceCountIs(type, 0);
    }
  });

  it.each(stackNames)('%s keeps its keys and log groups, keys turning yearly', (name) => {
    const template = templateOf(name);
    for (const type of ['AWS::KMS::Key', 'AWS::Logs::LogGroup']) {
      for (const resource of Object.values(template.findResources(type))) {
        expect(resource.DeletionPolicy).toBe('Retain');
      }
    }
    for (const { Properties } of Object.values(template.findResources('AWS::KMS::Key'))) {
      if (Properties.KeySpec === undefined) expect(Properties.EnableKeyRotation).toBe(true);
    }
  });

  it.each(stackNames)('%s encrypts its log groups under a customer key and ends them', (name) => {
    for (const { Properties } of Object.values(templateOf(name).findResources('AWS::Logs::LogGroup'))) {
      expect(Properties.KmsKeyId).toBeDefined();
      expect(Properties.RetentionInDays).toBe(365);
    }
  });
});

describe('records', () => {
  const template = templateOf('records');

  it('has ledger and register under keys of their own, restorable, protected, with a time to live', () => {
    const tables = Object.values(template.findResources('AWS::DynamoDB::Table'));
    expect(tables).toHaveLength(2);
    for (const { Properties, DeletionPolicy } of tables) {
      expect(DeletionPolicy).toBe('Retain');
      expect(Properties).toMatchObject({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'timeToLive', Enabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      });
    }
    const keys = tables.map(({ Properties }) => JSON.stringify(Properties.SSESpecification.KMSMasterKeyId));
    expect(new Set(keys).size).toBe(2);
  });
});

describe('keys', () => {
  const template = templateOf('keys');

  it('has the HMAC key of the pseudonyms and the signing key of the receipts', () => {
    template.hasResourceProperties('AWS::KMS::Key', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    template.hasResourceProperties('AWS::KMS::Key', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  });

  it('lets CloudWatch Logs use the operations key for log groups of this account only', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'LogGroups',
            Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });
});
