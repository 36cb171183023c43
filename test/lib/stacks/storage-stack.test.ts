import { Match } from 'aws-cdk-lib/assertions';
import { type PolicyStatementJson, synthesizedStage, templateOf } from '../synthesized-stage';

const template = templateOf('storage');
const buckets = Object.entries(template.findResources('AWS::S3::Bucket'));
const dataBuckets = buckets.filter(([id]) => !id.startsWith('AccessLogs'));

function policyOf(bucketId: string): PolicyStatementJson[] {
  return Object.values(template.findResources('AWS::S3::BucketPolicy'))
    .filter(({ Properties }) => Properties.Bucket.Ref === bucketId)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

describe('every bucket', () => {
  it.each(buckets)('%s is kept, versioned, closed to the public and to ACLs', (_, bucket) => {
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.UpdateReplacePolicy).toBe('Retain');
    expect(bucket.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(bucket.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket.Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  });

  it.each(buckets)('%s refuses requests without TLS 1.2', (id) => {
    const conditions = policyOf(id)
      .filter(({ Effect }) => Effect === 'Deny')
      .map(({ Condition }) => Condition);
    expect(conditions).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    expect(conditions).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
  });

  it('with data has a customer key that no other bucket has', () => {
    const keys = dataBuckets.map(([, { Properties }]) => {
      const [rule] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(rule.BucketKeyEnabled).toBe(true);
      return JSON.stringify(rule.ServerSideEncryptionByDefault.KMSMasterKeyID);
    });
    expect(keys).toHaveLength(8);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(dataBuckets)('%s aborts unfinished uploads after two days', (_, { Properties }) => {
    expect(Properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
    );
  });

  it('without an auto-delete function or any other custom resource', () => {
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>);
    expect(
      types.filter(({ Type }) => Type.startsWith('Custom::') || Type === 'AWS::Lambda::Function'),
    ).toEqual([]);
  });
});

describe('other buckets', () => {
  it('the audit bucket alone has Object Lock, in compliance mode', () => {
    const locked = buckets.filter(([, { Properties }]) => Properties.ObjectLockEnabled === true);
    expect(locked.map(([id]) => id.replace(/Bucket.*/, ''))).toEqual(['Audit']);
    expect(locked[0]?.[1].Properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({
      Mode: 'COMPLIANCE',
      Days: 2920,
    });
  });

  it('the exchange bucket announces its objects without a custom resource', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });

  it('the bucket of access logs takes lines of landing buckets of this account, in one statement', () => {
    const [id] = buckets.find(([name]) => name.startsWith('AccessLogs')) ?? [''];
    const delivered = policyOf(id).filter(({ Sid }) => Sid === 'LogsOfLandingBuckets');
    expect(delivered).toHaveLength(1);
    expect(delivered[0]).toMatchObject({ Effect: 'Allow', Action: 's3:PutObject' });
    expect(JSON.stringify(delivered[0]?.Resource)).toContain('/landing/*');
    expect(JSON.stringify(delivered[0]?.Condition)).toContain('nmip-example-landing-*-');
    expect(Object.keys(delivered[0]?.Condition ?? {})).toEqual(['ArnLike', 'StringEquals']);
  });

  it('S3 deletes what is left of quarantine a month after the configured days, when the platform has ended it', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Id: 'end-of-quarantine', ExpirationInDays: 120 })]),
      },
    });
  });
});

describe('stack', () => {
  it('cannot be deleted by CloudFormation', () => {
    expect(synthesizedStage().storage.terminationProtection).toBe(true);
  });
});
