import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { expireQuarantineEnvironment } from '../../lambda/quarantine/expire-quarantine.environment';
import { quarantineApiEnvironment } from '../../lambda/quarantine/quarantine-api.environment';
import { replayPartEnvironment } from '../../lambda/quarantine/replay-part.environment';
import { acknowledge } from '../constructs/acknowledge';
import { dataKey } from '../constructs/data-key';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import type { EnvironmentValues } from '../constructs/function-environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, recordsValues, storageValues } from '../constructs/platform-values';
import { writeItems } from '../constructs/role-owner';
import { erase, read, write } from '../pipeline/object-rights';
import { partSeconds, replayDefinition } from '../quarantine/replay-definition';
import type { KeysStack } from './keys-stack';
import type { PipelineStack } from './pipeline-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { StorageStack } from './storage-stack';

export interface QuarantineStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly pipeline: PipelineStack;
}

/** What happens to quarantined files: officers see, release and reject them; a schedule ends them. */
export class QuarantineStack extends Stack {
  /** Behind the routes of the quarantine. Reads no file. */
  readonly api: NmipFunction;
  /** Makes replay submissions: the one function that takes files out of the quarantine bucket. */
  readonly replayPart: NmipFunction;
  readonly expireQuarantine: NmipFunction;
  readonly stateMachine: StateMachine;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: QuarantineStackProps) {
    super(scope, id, props);
    const key = dataKey(this, 'Key', 'NMIP state of replays');
    const environment: EnvironmentValues = {
      ...configurationValues(props.configuration),
      ...recordsValues(props.records),
      ...storageValues(props.storage),
      PIPELINE_ARN: props.pipeline.stateMachine.stateMachineArn,
    };
    const common = { settings: props.settings, environment, memorySize: 1769 };

    this.replayPart = new NmipFunction(this, 'ReplayPart', {
      ...common,
      entry: 'quarantine/replay-part',
      description: 'Makes a replay submission of quarantined files',
      environmentSchema: replayPartEnvironment,
      timeout: Duration.seconds(partSeconds),
    });
    this.stateMachine = this.makeStateMachine(key, props);
    this.api = new NmipFunction(this, 'QuarantineApi', {
      ...common,
      environment: { ...environment, REPLAY_ARN: this.stateMachine.stateMachineArn },
      entry: 'quarantine/quarantine-api',
      description: 'Quarantined files: lists, releases, rejections',
      environmentSchema: quarantineApiEnvironment,
      // API Gateway gives a function 29 seconds
      timeout: Duration.seconds(28),
    });
    this.deadLetterQueue = deadLetterQueue(this, 'expire-quarantine-dead-letters', props.keys.operationsKey);
    this.expireQuarantine = new NmipFunction(this, 'ExpireQuarantine', {
      ...common,
      entry: 'quarantine/expire-quarantine',
      description: 'Ends quarantined files in time, and warns before',
      environmentSchema: expireQuarantineEnvironment,
      timeout: Duration.seconds(840),
      deadLetterQueue: this.deadLetterQueue,
    });
    this.grant(key, props);
    new Rule(this, 'Daily', {
      description: 'Ends quarantined files in time, and warns before',
      // at night in London, when nobody decides
      schedule: Schedule.cron({ minute: '0', hour: '3' }),
      targets: [
        new LambdaFunction(this.expireQuarantine.function, {
          deadLetterQueue: this.deadLetterQueue,
          retryAttempts: 8,
          maxEventAge: Duration.hours(6),
        }),
      ],
    });
    new CfnOutput(this, 'ReplayArn', { value: this.stateMachine.stateMachineArn });
  }

  private makeStateMachine(key: Key, { configuration, settings }: QuarantineStackProps): StateMachine {
    const role = new Role(this, 'StateMachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const { functionArn } = this.replayPart.function;
    const machine = new StateMachine(this, 'StateMachine', {
      // CDK's grant of the key names the state machine by this; without it the grant fits nothing
      stateMachineName: `nmip-${configuration.environmentName}-replay`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(this.toJsonString(replayDefinition(functionArn))),
      role,
      tracingEnabled: true,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key, Duration.minutes(5)),
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
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
    acknowledge(role, {
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
      'AwsSolutions-IAM5[Resource::*]':
        'The actions that deliver logs and traces (logs:*LogDelivery, xray:Put*) have no resources to name.',
    });
    return machine;
  }

  private grant(key: Key, { storage, records, pipeline }: QuarantineStackProps): void {
    const { landing, quarantine, work } = storage;
    const { api, replayPart, expireQuarantine } = this;
    // a file that ends leaves one list for another
    for (const each of [api, expireQuarantine])
      each.allowItems(records.ledger, [...writeItems, 'DeleteItem']);
    replayPart.allowItems(records.ledger, writeItems);

    for (const each of [api, expireQuarantine]) {
      erase(each, quarantine, '*');
      erase(each, landing, '*');
    }
    write(api, work, 'releases/*');
    api.allow(['states:StartExecution'], this.stateMachine.stateMachineArn);
    api.allowKey(key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');

    read(replayPart, work, 'releases/*');
    read(replayPart, work, 'submissions/*');
    write(replayPart, work, 'submissions/*');
    read(replayPart, quarantine, '*');
    read(replayPart, landing, '*');
    write(replayPart, landing, '*', ['s3:PutObjectTagging']);
    replayPart.allow(['states:StartExecution'], pipeline.stateMachine.stateMachineArn);
    replayPart.allowKey(pipeline.key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');
  }
}
