import { App, CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnMethod } from 'aws-cdk-lib/aws-apigateway';
import { AccountRootPrincipal, ManagedPolicy, PolicyStatement, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction, CfnUrl } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { uidAwareReads } from '../../../lambda/credentials/study-scope.contract';
import { NmipChecks } from '../../../lib/checks/nmip-checks';

function findings(build: (stack: Stack) => void, terminationProtection = true): string[] {
  const stack = new Stack(new App(), 'stack', { terminationProtection });
  build(stack);
  return new NmipChecks(stack)
    .validateScope(stack)
    .violations.map(({ ruleName }) => ruleName.replace('NMIP-', ''))
    .sort();
}

const soundBucket = {
  encryption: BucketEncryption.KMS,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
} as const;

function policy(stack: Stack, statement: PolicyStatement): void {
  new ManagedPolicy(stack, 'Policy', { statements: [statement] });
}

describe('buckets', () => {
  it('a sound one passes', () => {
    expect(findings((stack) => new Bucket(stack, 'B', soundBucket))).toEqual([]);
  });

  it.each([
    ['under a key of S3', { encryption: BucketEncryption.S3_MANAGED }, ['CustomerKey']],
    ['that goes with its stack', { removalPolicy: RemovalPolicy.DESTROY }, ['KeptData']],
    [
      'open to public policies',
      { blockPublicAccess: BlockPublicAccess.BLOCK_ACLS_ONLY },
      ['NoPublicEndpoint'],
    ],
    ['that takes TLS 1.1', { minimumTLSVersion: 1.1 }, ['Tls12']],
    ['that takes plain HTTP', { minimumTLSVersion: undefined, enforceSSL: false }, ['Tls12']],
  ])('one %s is found', (_, change, expected) => {
    expect(findings((stack) => new Bucket(stack, 'B', { ...soundBucket, ...change }))).toEqual(expected);
  });

  it('one in a stack that can be deleted is found', () => {
    expect(findings((stack) => new Bucket(stack, 'B', soundBucket), false)).toEqual(['KeptData']);
  });
});

describe('keys', () => {
  it.each([
    ['a log group', (stack: Stack) => new LogGroup(stack, 'L', { removalPolicy: RemovalPolicy.RETAIN })],
    ['a queue', (stack: Stack) => new Queue(stack, 'Q')],
  ])('%s without a customer key is found', (_, build) => {
    expect(findings(build)).toEqual(['CustomerKey']);
  });

  it('a key that goes with its stack is found', () => {
    expect(findings((stack) => new Key(stack, 'K', { removalPolicy: RemovalPolicy.DESTROY }))).toEqual([
      'KeptData',
    ]);
  });
});

describe('people', () => {
  it('an IAM user is found', () => {
    expect(findings((stack) => new User(stack, 'U'))).toEqual(['NoIamUser']);
  });

  it.each([
    ['all actions of HealthImaging', 'medical-imaging:*'],
    ['a search of image sets', 'medical-imaging:SearchImageSets'],
    ['a search by DICOMweb', 'medical-imaging:SearchDICOMStudies'],
    ['a wildcard among reads', 'medical-imaging:Get*'],
    ['a read of instances without a condition on the study', 'medical-imaging:GetDICOMInstance'],
  ])('%s is found', (_, action) => {
    const arn = 'arn:aws:medical-imaging:eu-west-2:111122223333:datastore/d';
    expect(
      findings((stack) => policy(stack, new PolicyStatement({ actions: [action], resources: [arn] }))),
    ).toEqual(['ReadingOnly']);
  });

  it('the five reads under a condition on the study pass; anything beside them is found', () => {
    const statement = (actions: string[]) =>
      new PolicyStatement({
        actions,
        resources: ['arn:aws:medical-imaging:eu-west-2:111122223333:datastore/d'],
        conditions: { StringLike: { 'medical-imaging:StudyInstanceUID': '1.2.7.1.*' } },
      });
    expect(findings((stack) => policy(stack, statement([...uidAwareReads])))).toEqual([]);
    expect(
      findings((stack) => policy(stack, statement([...uidAwareReads, 'medical-imaging:GetImageFrame']))),
    ).toEqual(['ReadingOnly']);
  });

  it('an allowance by NotAction is found', () => {
    const statement = new PolicyStatement({ notActions: ['iam:*'], resources: ['arn:aws:s3:::b'] });
    expect(findings((stack) => policy(stack, statement))).toEqual(['ReadingOnly']);
  });

  it('an action on all resources is found unless it has none to name', () => {
    const on = (action: string) => new PolicyStatement({ actions: [action], resources: ['*'] });
    expect(findings((stack) => policy(stack, on('s3:GetObject')))).toEqual(['NamedResources']);
    expect(findings((stack) => policy(stack, on('xray:PutTraceSegments')))).toEqual([]);
  });
});

describe('endpoints', () => {
  it('a function URL is found', () => {
    expect(
      findings((stack) => new CfnUrl(stack, 'U', { authType: 'NONE', targetFunctionArn: 'arn' })),
    ).toEqual(['NoPublicEndpoint']);
  });

  it('a permission for everybody is found', () => {
    const build = (stack: Stack) =>
      new CfnResource(stack, 'P', {
        type: 'AWS::Lambda::Permission',
        properties: { Action: 'lambda:InvokeFunction', FunctionName: 'f', Principal: '*' },
      });
    expect(findings(build)).toEqual(['NoPublicEndpoint']);
  });

  it('a method without the authoriser is found, a preflight is not', () => {
    const method = (stack: Stack, httpMethod: string) =>
      new CfnMethod(stack, httpMethod, {
        httpMethod,
        resourceId: 'r',
        restApiId: 'a',
        authorizationType: 'NONE',
      });
    expect(findings((stack) => method(stack, 'GET'))).toEqual(['AuthorisedMethod']);
    expect(findings((stack) => method(stack, 'OPTIONS'))).toEqual([]);
  });

  it('types that no rule is about pass', () => {
    expect(
      findings((stack) => {
        new CfnFunction(stack, 'F', { code: { zipFile: '' }, role: new AccountRootPrincipal().arn });
      }),
    ).toEqual([]);
  });
});
