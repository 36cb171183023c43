import { NagRuleCompliance } from 'cdk-nag';
import { type Check, compliant, properties } from './check';

type Properties = ReturnType<typeof properties>;

function bucketKey({ BucketEncryption }: Properties): unknown {
  const rules = (
    BucketEncryption as
      | {
          ServerSideEncryptionConfiguration?: {
            ServerSideEncryptionByDefault?: { KMSMasterKeyID?: unknown };
          }[];
        }
      | undefined
  )?.ServerSideEncryptionConfiguration;
  return rules?.[0]?.ServerSideEncryptionByDefault?.KMSMasterKeyID;
}

/** Where each type of resource that stores something names its key. */
const keyOf: Readonly<Record<string, (properties: Properties) => unknown>> = {
  'AWS::S3::Bucket': bucketKey,
  'AWS::DynamoDB::Table': ({ SSESpecification }) =>
    (SSESpecification as { KMSMasterKeyId?: unknown } | undefined)?.KMSMasterKeyId,
  'AWS::Logs::LogGroup': ({ KmsKeyId }) => KmsKeyId,
  'AWS::SQS::Queue': ({ KmsMasterKeyId }) => KmsMasterKeyId,
  'AWS::SNS::Topic': ({ KmsMasterKeyId }) => KmsMasterKeyId,
  'AWS::StepFunctions::StateMachine': ({ EncryptionConfiguration }) =>
    (EncryptionConfiguration as { KmsKeyId?: unknown } | undefined)?.KmsKeyId,
  'AWS::HealthImaging::Datastore': ({ KmsKeyArn }) => KmsKeyArn,
  'Custom::HealthImagingDatastore': ({ KmsKeyArn }) => KmsKeyArn,
};

export const customerKey: Check = {
  name: 'CustomerKey',
  rule: 'What stores something encrypts it under a customer key.',
  because: 'Access to a class of data can be taken away, and is recorded, at its key.',
  find: (resource) => {
    const key = keyOf[resource.cfnResourceType];
    if (key === undefined) return NagRuleCompliance.NOT_APPLICABLE;
    return compliant(key(properties(resource)) !== undefined);
  },
};
