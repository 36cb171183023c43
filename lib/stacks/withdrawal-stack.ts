import { ArnFormat, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
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
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../constructs/acknowledge';
import { dataKey } from '../constructs/data-key';
import type { NmipFunction } from '../constructs/nmip-function';
import { withdrawalDefinition } from '../withdrawal/definition';
import { WithdrawalFunctions, type WithdrawalFunctionsProps } from '../withdrawal/withdrawal-functions';

const inlinePolicy = {
  'NIST.800.53.R5-IAMNoInlinePolicy':
    'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
};

/** From a request to withdraw to its certificate: functions and state machine. */
export class WithdrawalStack extends Stack {
  readonly stateMachine: StateMachine;
  /** Key of the executions' state: who starts one uses it. */
  readonly key: Key;
  readonly functions: WithdrawalFunctions;

  constructor(scope: Construct, id: string, props: WithdrawalFunctionsProps) {
    super(scope, id, props);
    this.key = dataKey(this, 'Key', 'NMIP state of withdrawal executions');
    this.functions = new WithdrawalFunctions(this, 'Functions', props);
    this.stateMachine = this.makeStateMachine(props);
    new CfnOutput(this, 'WithdrawalArn', { value: this.stateMachine.stateMachineArn });
  }

  private makeStateMachine({ configuration, settings, storage }: WithdrawalFunctionsProps): StateMachine {
    const arn = ({ function: { functionArn } }: NmipFunction) => functionArn;
    const { functions } = this;
    const definition = withdrawalDefinition({
      prepareWithdrawal: arn(functions.prepareWithdrawal),
      beginWithdrawal: arn(functions.beginWithdrawal),
      eraseSubmission: arn(functions.eraseSubmission),
      deleteImageSets: arn(functions.deleteImageSets),
      endWithdrawal: arn(functions.endWithdrawal),
      stopWithdrawal: arn(functions.stopWithdrawal),
      workBucket: storage.work.bucket.bucketName,
    });
    const role = new Role(this, 'StateMachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: `nmip-${configuration.environmentName}-withdrawal`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(this.toJsonString(definition)),
      role,
      tracingEnabled: true,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(this.key, Duration.minutes(5)),
      logs: {
        destination: new LogGroup(this, 'Logs', {
          encryptionKey: settings.logKey,
          retention: settings.logRetention,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.allowStateMachine(machine, role, storage.work);
    return machine;
  }

  private allowStateMachine(
    machine: StateMachine,
    role: Role,
    work: WithdrawalFunctionsProps['storage']['work'],
  ): void {
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
      role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
    const { functions } = this;
    allow(
      ['lambda:InvokeFunction'],
      [
        functions.prepareWithdrawal,
        functions.beginWithdrawal,
        functions.eraseSubmission,
        functions.deleteImageSets,
        functions.endWithdrawal,
        functions.stopWithdrawal,
      ].map((step) => step.function.functionArn),
    );
    const objects = work.bucket.arnForObjects('withdrawals/*');
    // the list of submissions and the results of the map
    allow(
      ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      [objects],
    );
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [work.key.keyArn], {
      StringEquals: { 'kms:ViaService': `s3.${this.region}.amazonaws.com` },
    });
    // apart from the role's own policy, on which the state machine depends: it names the state machine
    const executions = (separator: string) =>
      this.formatArn({
        service: 'states',
        resource: 'execution',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        resourceName: `${machine.stateMachineName}${separator}*`,
      });
    const runs = [executions(':'), executions('/')];
    const map = new Policy(this, 'MapRuns', {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: runs,
        }),
      ],
    });
    for (const run of runs)
      acknowledgeWildcard(map, run, 'Step Functions names the children of a run of the map.');
    acknowledgeWildcard(
      role,
      objects,
      'Keys begin with the id of a withdrawal, which does not exist at synth.',
    );
    acknowledge(map, inlinePolicy);
    acknowledge(role, {
      ...inlinePolicy,
      'AwsSolutions-IAM5[Resource::*]':
        'The actions that deliver logs and traces (logs:*LogDelivery, xray:Put*) have no resources to name.',
    });
  }
}
