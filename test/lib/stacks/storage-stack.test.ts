import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  appWithoutBundles,
  exampleStage,
  type PolicyStatementJson,
  synthesizedStage,
  templateOf,
} from '../synthesized-stage';

const template = templateOf('storage');
const buckets = Object.entries(template.findResources('AWS::S3::Bucket'));
const dataBuckets = buckets.filter(([id]) => !id.startsWith('AccessLogs'));

function policyOf(bucketId: string, from: Template = template): PolicyStatementJson[] {
  return Object.values(from.findResources('AWS::S3::BucketPolicy'))
    .filter(({ Properties }) => Properties.Bucket.Ref === bucketId)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

function landingId(odsCode: string, from: Template = template): string {
  const id = Object.keys(from.findResources('AWS::S3::Bucket')).find((name) =>
    name.startsWith(`Landing${odsCode}`),
  );
  if (id === undefined) throw new Error(`no landing bucket of ${odsCode}`);
  return id;
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

describe('landing bucket of a trust', () => {
  const statements = policyOf(landingId('RX1'));
  const named = (sid: string) => statements.find(({ Sid }) => Sid === sid);

  it('there is one for each trust', () => {
    expect(buckets.filter(([id]) => id.startsWith('Landing'))).toHaveLength(2);
  });

  it('refuses a signature older than 15 minutes', () => {
    expect(named('OldSignature')).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Condition: { NumericGreaterThan: { 's3:signatureAge': 900_000 } },
    });
  });

  it('takes objects only by a URL that the submission API signed', () => {
    expect(named('OnlyTheSubmissionApiSigns')).toMatchObject({ Effect: 'Deny', Action: 's3:PutObject' });
    expect(JSON.stringify(named('OnlyTheSubmissionApiSigns')?.Condition)).toContain(
      'role/nmip/example/submission/submission-api/*',
    );
    expect(named('OnlyByUrl')).toMatchObject({
      Effect: 'Deny',
      Action: 's3:PutObject',
      Condition: { StringNotEquals: { 's3:authType': 'REST-QUERY-STRING' } },
    });
  });

  it('is read by steps of the pipeline and by nobody else, the submission API included', () => {
    const { Effect, Action, Condition } = named('OnlyThePipelineReads') ?? {};
    expect({ Effect, Action }).toEqual({ Effect: 'Deny', Action: ['s3:GetObject', 's3:GetObjectVersion'] });
    const roles = JSON.stringify(Condition);
    expect(roles).toContain('role/nmip/example/deidentification/deidentify-batch/*');
    expect(roles).not.toContain('submission-api');
  });

  it('lets the portal put and nothing else', () => {
    const [, landing] = buckets.find(([id]) => id.startsWith('LandingRX1')) ?? [];
    expect(landing?.Properties.CorsConfiguration.CorsRules).toEqual([
      expect.objectContaining({ AllowedMethods: ['PUT'], AllowedOrigins: ['https://nmip.example.nhs.uk'] }),
    ]);
  });

  it('deletes what no receipt deleted', () => {
    const [, landing] = buckets.find(([id]) => id.startsWith('LandingRX1')) ?? [];
    expect(landing?.Properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ ExpirationInDays: 14, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
    );
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

  it('quarantine ends after the configured days', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Id: 'end-of-quarantine', ExpirationInDays: 90 })]),
      },
    });
  });
});

describe('stack', () => {
  it('cannot be deleted by CloudFormation', () => {
    expect(synthesizedStage().storage.terminationProtection).toBe(true);
  });
});

describe('scanning for malware', () => {
  it('is off by default', () => {
    template.resourceCountIs('AWS::GuardDuty::MalwareProtectionPlan', 0);
  });

  it('protects each landing bucket and keeps unscanned files from being read', () => {
    const scanned = Template.fromStack(exampleStage(appWithoutBundles(), { malwareScanning: true }).storage);
    scanned.resourceCountIs('AWS::GuardDuty::MalwareProtectionPlan', 2);
    const refusal = policyOf(landingId('RX1', scanned), scanned).find(
      ({ Sid }) => Sid === 'OnlyScannedFilesAreRead',
    );
    expect(refusal).toMatchObject({
      Effect: 'Deny',
      Condition: {
        StringNotEquals: { 's3:ExistingObjectTag/GuardDutyMalwareScanStatus': 'NO_THREATS_FOUND' },
      },
    });
  });
});
