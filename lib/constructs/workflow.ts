import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Definition } from '../pipeline/asl';
import { acknowledge, acknowledgeWildcard } from './acknowledge';
import type { DataBucket } from './data-bucket';
import { dataKey } from './data-key';
import type { FunctionSettings, NmipFunction } from './nmip-function';

export interface WorkflowProps {
  readonly stateMachineName: string;
  readonly definition: Definition;
  readonly settings: FunctionSettings;
  /** What the executions' state is about, for the description of their key. */
  readonly keyDescription: string;
  /** Functions that it calls. */
  readonly functions: readonly NmipFunction[];
}

const inlinePolicy = {
  'NIST.800.53.R5-IAMNoInlinePolicy':
    'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
};

/** A Standard state machine: a key of its own for the state of its executions, logs without their data, tracing. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;
  /** Key of the executions' state: who starts or answers one uses it. */
  readonly key: Key;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.key = dataKey(this, 'Key', props.keyDescription);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
    });
    this.stateMachine = new StateMachine(this, 'Resource', {
      // CDK's grant of the key names the state machine by this; without it the grant fits nothing
      stateMachineName: props.stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(stack.toJsonString(props.definition)),
      role: this.role,
      tracingEnabled: true,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(this.key, Duration.minutes(5)),
      logs: {
        destination: new LogGroup(this, 'Logs', {
          encryptionKey: props.settings.logKey,
          retention: props.settings.logRetention,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.allow(
      ['lambda:InvokeFunction'],
      props.functions.map((step) => step.function.functionArn),
    );
    acknowledge(this.role, {
      ...inlinePolicy,
      'AwsSolutions-IAM5[Resource::*]':
        'The actions that deliver logs and traces (logs:*LogDelivery, xray:Put*) have no resources to name.',
    });
  }

  allow(actions: string[], resources: string[], conditions?: Record<string, unknown>): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
  }

  /** Lets the workflow run Distributed Maps, whose items and results stand under `keys` of a bucket. */
  allowMapRuns(bucket: DataBucket, keys: string, because: string): void {
    const objects = bucket.bucket.arnForObjects(keys);
    this.allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      [objects],
    );
    acknowledgeWildcard(this.role, objects, because);
    const stack = Stack.of(this);
    this.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [bucket.key.keyArn], {
      StringEquals: { 'kms:ViaService': `s3.${stack.region}.amazonaws.com` },
    });
    // apart from the role's own policy, on which the state machine depends: it names the state machine
    const executions = (separator: string) =>
      stack.formatArn({
        service: 'states',
        resource: 'execution',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        resourceName: `${this.stateMachine.stateMachineName}${separator}*`,
      });
    const runs = [executions(':'), executions('/')];
    const policy = new Policy(this, 'MapRuns', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          actions: ['states:StartExecution'],
          resources: [this.stateMachine.stateMachineArn],
        }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: runs,
        }),
      ],
    });
    for (const run of runs)
      acknowledgeWildcard(policy, run, 'Step Functions names the children of a run of the map.');
    acknowledge(policy, inlinePolicy);
  }
}
