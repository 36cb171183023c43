import { CustomResource, RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface DatastoreProps {
  readonly name: string;
  readonly key: Key;
  /** ARN of the function that answers CloudFormation. */
  readonly serviceToken: string;
  /** Function that turns a viewer's bearer token into a role; without it the store takes no bearer tokens. */
  readonly authoriserArn?: string;
}

/**
 * A HealthImaging data store, made by a function: CloudFormation's own resource knows neither the authoriser nor the
 * lossless format, and HealthImaging takes both only when the store is made. Kept when its stack goes.
 */
export class Datastore extends Construct {
  readonly datastoreId: string;
  readonly datastoreArn: string;

  constructor(scope: Construct, id: string, props: DatastoreProps) {
    super(scope, id);
    const store = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::HealthImagingDatastore',
      serviceToken: props.serviceToken,
      removalPolicy: RemovalPolicy.RETAIN,
      properties: {
        DatastoreName: props.name,
        KmsKeyArn: props.key.keyArn,
        LosslessStorageFormat: 'HTJ2K',
        ...(props.authoriserArn && { LambdaAuthorizerArn: props.authoriserArn }),
      },
    });
    this.datastoreId = store.getAttString('DatastoreId');
    this.datastoreArn = store.getAttString('DatastoreArn');
  }
}
