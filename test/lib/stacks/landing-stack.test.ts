import { Template } from 'aws-cdk-lib/assertions';
import {
  appWithoutBundles,
  exampleStage,
  type PolicyStatementJson,
  stackNames,
  stackOf,
  statementsOfRole,
  templateOf,
} from '../synthesized-stage';

const template = templateOf('landing-1');

function landingOf(odsCode: string, from: Template = template) {
  const found = Object.entries(from.findResources('AWS::S3::Bucket')).find(([name]) =>
    name.startsWith(`Landing${odsCode}`),
  );
  if (found === undefined) throw new Error(`no landing bucket of ${odsCode}`);
  const [id, bucket] = found;
  const statements: PolicyStatementJson[] = Object.values(from.findResources('AWS::S3::BucketPolicy'))
    .filter(({ Properties }) => Properties.Bucket.Ref === id)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return { id, bucket, statements };
}

describe('landing buckets', () => {
  it('there is one for each trust, in the stack of the last character of its code', () => {
    const found = stackNames.flatMap((name) =>
      Object.keys(templateOf(name).findResources('AWS::S3::Bucket'))
        .filter((id) => id.startsWith('Landing'))
        .map((id) => [name, id.slice('Landing'.length, 'LandingRX1'.length)]),
    );
    expect(found).toEqual([
      ['landing-1', 'RX1'],
      ['landing-2', 'RY2'],
    ]);
  });

  it('have names that follow from environment, trust, account and Region, however long these are', () => {
    const stage = exampleStage(appWithoutBundles(), {
      environmentName: 'a12345678901234',
      account: '111122223333',
      region: 'ap-southeast-2',
      trusts: [
        {
          odsCode: 'RX1AB',
          name: 'Longest',
          region: 'E12000001',
          nhsNumbers: [{ attribute: 'PatientID' }],
        },
      ],
    });
    const [landing] = [...stage.landing.values()];
    if (landing === undefined) throw new Error('no landing stack');
    const { bucket } = landingOf('RX1AB', Template.fromStack(landing));
    const name: string = bucket.Properties.BucketName;
    expect(name).toBe('nmip-a12345678901234-landing-rx1ab-111122223333-ap-southeast-2');
    expect(name.length).toBeLessThanOrEqual(63);
  });
});

describe('landing bucket of a trust', () => {
  const { id, bucket, statements } = landingOf('RX1');
  const named = (sid: string) => statements.find(({ Sid }) => Sid === sid);

  it('is kept, versioned, closed to the public and to ACLs, and refuses requests without TLS 1.2', () => {
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.UpdateReplacePolicy).toBe('Retain');
    expect(bucket.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(new Set(Object.values(bucket.Properties.PublicAccessBlockConfiguration))).toEqual(new Set([true]));
    expect(bucket.Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const conditions = statements.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => Condition);
    expect(conditions).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
    expect(conditions).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
  });

  it('has a key of its own that says by its tag that it is one of landing', () => {
    const [rule] = bucket.Properties.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(rule.BucketKeyEnabled).toBe(true);
    const [keyId] = rule.ServerSideEncryptionByDefault.KMSMasterKeyID['Fn::GetAtt'];
    expect(keyId).toMatch(/^LandingRX1/);
    expect(template.findResources('AWS::KMS::Key')[keyId]?.Properties.Tags).toContainEqual({
      Key: 'data',
      Value: 'landing',
    });
    expect(id).toMatch(/^LandingRX1/);
  });

  it('no key but those of landing carries that tag', () => {
    const tagged = stackNames
      .filter((name) => !name.startsWith('landing-'))
      .flatMap((name) => Object.values(templateOf(name).findResources('AWS::KMS::Key')))
      .filter(({ Properties }) => (Properties.Tags as { Key: string }[]).some(({ Key }) => Key === 'data'));
    expect(tagged).toEqual([]);
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

  it.each([
    ['OnlyTheSubmissionApiSigns', ['submission-api', 'settle-submission', 'replay-part']],
    // Setting files apart is signed in the query; a copy inside S3 is not.
    ['OnlyByUrl', ['replay-part']],
  ])(
    'exempts from %s the functions that set files apart and that replay them, and nobody else',
    (name, allowed) => {
      const exempt = JSON.stringify(named(name)?.Condition?.ArnNotLike);
      for (const each of allowed) expect(exempt).toContain(`/${each}/*`);
      expect(exempt.match(/role\/nmip/g)).toHaveLength(allowed.length);
    },
  );

  it('is read by steps of the pipeline and by nobody else, the submission API included', () => {
    const { Effect, Action, Condition } = named('OnlyThePipelineReads') ?? {};
    expect({ Effect, Action }).toEqual({ Effect: 'Deny', Action: ['s3:GetObject', 's3:GetObjectVersion'] });
    const roles = JSON.stringify(Condition);
    expect(roles).toContain('role/nmip/example/deidentification/deidentify-batch/*');
    expect(roles).not.toContain('submission-api');
  });

  it('lets the portal put and nothing else', () => {
    expect(bucket.Properties.CorsConfiguration.CorsRules).toEqual([
      expect.objectContaining({ AllowedMethods: ['PUT'], AllowedOrigins: ['https://nmip.example.nhs.uk'] }),
    ]);
  });

  it('deletes what no receipt deleted', () => {
    expect(bucket.Properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ ExpirationInDays: 14, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
    );
  });
});

describe('what functions may do with landing buckets', () => {
  const statements = [
    ...statementsOfRole('api', 'SubmissionApi'),
    ...statementsOfRole('pipeline', 'Functions'),
  ];
  const text = (value: unknown) => JSON.stringify(value);

  it('holds for buckets of that form of name in the own account only', () => {
    const onLanding = statements.filter(({ Resource }) => text(Resource).includes('-landing-*-'));
    expect(onLanding.length).toBeGreaterThan(0);
    for (const { Condition } of onLanding)
      expect(Condition).toEqual({ StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } });
  });

  it('reaches keys by their tag, through S3, for landing buckets, and no other key by a wildcard', () => {
    const onAnyKey = statements.filter(({ Resource }) => text(Resource).includes(':key/*'));
    expect(onAnyKey.length).toBeGreaterThan(0);
    for (const { Condition } of onAnyKey) {
      expect(Condition?.StringEquals).toEqual({
        'kms:ViaService': 's3.eu-west-2.amazonaws.com',
        'aws:ResourceTag/data': 'landing',
      });
      expect(text(Condition?.ArnLike?.['kms:EncryptionContext:aws:s3:arn'])).toContain(
        'nmip-example-landing-*-',
      );
    }
  });
});

describe('scanning for malware', () => {
  it('is off by default', () => {
    template.resourceCountIs('AWS::GuardDuty::MalwareProtectionPlan', 0);
  });

  it('protects a landing bucket and keeps unscanned files from being read', () => {
    const stage = exampleStage(appWithoutBundles(), { malwareScanning: true });
    const scanned = Template.fromStack(stackOf(stage, 'landing-1'));
    scanned.resourceCountIs('AWS::GuardDuty::MalwareProtectionPlan', 1);
    const refusal = landingOf('RX1', scanned).statements.find(({ Sid }) => Sid === 'OnlyScannedFilesAreRead');
    expect(refusal).toMatchObject({
      Effect: 'Deny',
      Condition: {
        StringNotEquals: { 's3:ExistingObjectTag/GuardDutyMalwareScanStatus': 'NO_THREATS_FOUND' },
      },
    });
  });
});
