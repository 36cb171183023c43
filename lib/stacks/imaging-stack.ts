import { CfnOutput, Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { dicomwebAddress } from '../../config/configuration';
import { datastoreResourceEnvironment } from '../../lambda/imaging/datastore-resource.environment';
import { acknowledge, acknowledgeWildcard } from '../constructs/acknowledge';
import { dataKey } from '../constructs/data-key';
import { Datastore } from '../constructs/datastore';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import type { DicomwebAuthoriserStack } from './dicomweb-authoriser-stack';
import { type PlatformStackProps, StatefulStack } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface ImagingStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly storage: StorageStack;
  readonly authorisation: DicomwebAuthoriserStack;
}

/** Two data stores, a key each, and the role that HealthImaging imports under. */
export class ImagingStack extends StatefulStack {
  readonly development: Datastore;
  readonly heldOut: Datastore;
  readonly importRole: Role;

  constructor(scope: Construct, id: string, props: ImagingStackProps) {
    super(scope, id, props);
    const { configuration, settings, storage, authorisation } = props;
    const developmentKey = dataKey(this, 'DevelopmentKey', 'NMIP images of the development split');
    const heldOutKey = dataKey(this, 'HeldOutKey', 'NMIP images of the held-out split');

    const maker = new NmipFunction(this, 'DatastoreResource', {
      settings,
      entry: 'imaging/datastore-resource',
      description: 'Makes HealthImaging data stores for CloudFormation',
      environmentSchema: datastoreResourceEnvironment,
      environment: {},
      memorySize: 256,
      // a data store becomes active within minutes
      timeout: Duration.minutes(15),
    });
    const anyDatastore = this.formatArn({
      service: 'medical-imaging',
      resource: 'datastore',
      resourceName: '*',
    });
    maker.allow(['medical-imaging:CreateDatastore', 'medical-imaging:ListDatastores'], '*');
    maker.allow(['medical-imaging:GetDatastore', 'medical-imaging:TagResource'], anyDatastore);
    acknowledgeWildcard(maker, anyDatastore, 'HealthImaging draws the id when it makes the data store.');
    for (const key of [developmentKey, heldOutKey]) {
      maker.allowKey(
        key.keyArn,
        ['kms:CreateGrant', 'kms:RetireGrant', 'kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey'],
        'medical-imaging',
      );
    }
    acknowledge(maker, {
      'AwsSolutions-IAM5[Resource::*]':
        'CreateDatastore and ListDatastores have no resource to name before the data store exists; X-Ray has none.',
    });

    this.development = new Datastore(this, 'Development', {
      name: `nmip-${configuration.environmentName}-development`,
      key: developmentKey,
      serviceToken: maker.function.functionArn,
      authoriserArn: authorisation.authoriser.function.functionArn,
    });
    this.heldOut = new Datastore(this, 'HeldOut', {
      name: `nmip-${configuration.environmentName}-held-out`,
      key: heldOutKey,
      serviceToken: maker.function.functionArn,
    });

    this.importRole = this.makeImportRole(storage);
    new CfnOutput(this, 'DevelopmentDatastoreId', { value: this.development.datastoreId });
    new CfnOutput(this, 'HeldOutDatastoreId', { value: this.heldOut.datastoreId });
    new CfnOutput(this, 'DicomwebEndpoint', {
      value: `${dicomwebAddress(configuration)}/datastore/${this.development.datastoreId}`,
    });
  }

  private makeImportRole(storage: StorageStack): Role {
    const { deidentified, work } = storage;
    const role = new Role(this, 'ImportRole', {
      description: 'HealthImaging reads de-identified files and writes what became of them',
      assumedBy: new ServicePrincipal('medical-imaging.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnEquals: { 'aws:SourceArn': [this.development.datastoreArn, this.heldOut.datastoreArn] },
        },
      }),
    });
    const allow = (actions: string[], ...resources: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources }));
    const files = deidentified.bucket.arnForObjects('*');
    const output = work.bucket.arnForObjects('import-jobs/*');
    allow(['s3:ListBucket'], deidentified.bucket.bucketArn, work.bucket.bucketArn);
    allow(['s3:GetObject'], files);
    allow(['s3:PutObject'], output);
    allow(['kms:Decrypt'], deidentified.key.keyArn);
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], work.key.keyArn);
    acknowledgeWildcard(role, files, 'An import job reads the prefix of its pack, made per submission.');
    acknowledgeWildcard(role, output, 'An import job writes under its own id, which HealthImaging draws.');
    acknowledge(role, {
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
    });
    return role;
  }
}
