import type { AccountRole } from '../account-policies';
import { kindOf, type Landscape } from '../landscape';

/** An action on a resource. */
export interface Deed {
  readonly action: string;
  readonly resource: string;
}

/** Actions of HealthImaging on a data store, beside the five reads: searches, imports, stores, tags. */
const storeActions = [
  'SearchDICOMInstances',
  'SearchDICOMSeries',
  'SearchDICOMStudies',
  'SearchDICOMStudyInstances',
  'SearchDICOMStudySeries',
  'SearchDICOMSeriesInstances',
  'SearchImageSets',
  'StoreDICOM',
  'StoreDICOMStudy',
  'StartDICOMImportJob',
  'GetDICOMImportJob',
  'ListDICOMImportJobs',
  'GetDatastore',
  'DeleteDatastore',
  'TagResource',
  'UntagResource',
  'ListTagsForResource',
] as const;

/** Native actions, which HealthImaging authorises on the data store and on the image set. */
const imageSetActions = [
  'GetImageSet',
  'GetImageSetMetadata',
  'GetImageFrame',
  'ListImageSetVersions',
  'CopyImageSet',
  'UpdateImageSetMetadata',
  'DeleteImageSet',
] as const;

const objectActions = ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'] as const;
const bucketActions = ['s3:ListBucket', 's3:GetBucketPolicy', 's3:PutBucketPolicy'] as const;
const keyActions = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'kms:CreateGrant',
  'kms:GenerateMac',
  'kms:PutKeyPolicy',
] as const;
const tableActions = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:PutItem'] as const;
const roleActions = [
  'sts:AssumeRole',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  'sts:AssumeRoleWithWebIdentity',
  'iam:PassRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
] as const;
const actionsOnNothing = [
  'medical-imaging:CreateDatastore',
  'medical-imaging:ListDatastores',
  's3:ListAllMyBuckets',
  's3:CreateAccessPoint',
  'sts:GetFederationToken',
  'sts:GetSessionToken',
  'iam:CreateUser',
  'iam:CreateAccessKey',
  'iam:CreateRole',
  'iam:CreatePolicyVersion',
  'lambda:CreateFunction',
  'ecs:RunTask',
  'ec2:RunInstances',
  'cloudformation:CreateStack',
  'ssm:StartSession',
] as const;

function on(resources: readonly string[], actions: readonly string[]): readonly Deed[] {
  return resources.flatMap((resource) => actions.map((action) => ({ action, resource })));
}

/** Other readers' roles, the issuer's, and those that reach images. */
function isWorthTaking(role: AccountRole, landscape: Landscape): boolean {
  const kind = kindOf(role, landscape);
  return (
    ['researcher', 'viewer', 'import', 'state-machine'].includes(kind.kind) ||
    (kind.kind === 'function' && /^(credentials|imaging|withdrawal)\//.test(kind.entry))
  );
}

/** Everything that a reader may not do, on what there is in the environment: data, keys, tables, roles, programs. */
export function otherActions(landscape: Landscape): readonly Deed[] {
  const { developmentStore, heldOutStore, accountId, region } = landscape;
  const arns = (type: string) => landscape.ofType(type).map(({ arn }) => arn);
  const named = (actions: readonly string[]) => actions.map((action) => `medical-imaging:${action}`);
  const imageSets = [developmentStore, heldOutStore].map((store) => `${store}/imageset/${'a1'.repeat(16)}`);
  return [
    ...on([developmentStore, heldOutStore], named([...storeActions, ...imageSetActions])),
    ...on(imageSets, named(imageSetActions)),
    // actions that there are not (yet)
    ...on([developmentStore], named(['GetDICOMStudyMetadata', 'GetDICOMInstanceRendered', 'GetDICOM'])),
    ...on(arns('AWS::S3::Bucket'), bucketActions),
    ...on(
      arns('AWS::S3::Bucket').map(
        (bucket) => `${bucket}/s-01jb0000000000000000000001/development/0001/000001.dcm`,
      ),
      objectActions,
    ),
    ...on(arns('AWS::KMS::Key'), keyActions),
    ...on(arns('AWS::DynamoDB::Table'), tableActions),
    ...on(
      landscape.roles.filter((role) => isWorthTaking(role, landscape)).map(({ arn }) => arn),
      roleActions,
    ),
    ...on(arns('AWS::Lambda::Function'), ['lambda:InvokeFunction', 'lambda:UpdateFunctionCode']),
    ...on(arns('AWS::StepFunctions::StateMachine'), ['states:StartExecution', 'states:UpdateStateMachine']),
    ...on(arns('AWS::SQS::Queue'), ['sqs:ReceiveMessage']),
    ...on(
      [`arn:aws:execute-api:${region}:${accountId}:*/*/POST/v1/projects/p-1/credentials`],
      ['execute-api:Invoke'],
    ),
    ...on([`arn:aws:s3:::another-bucket-${accountId}/copied.dcm`], ['s3:PutObject']),
    ...on(['*'], actionsOnNothing),
  ];
}
