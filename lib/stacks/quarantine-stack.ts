import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { expireQuarantineEnvironment } from '../../lambda/quarantine/expire-quarantine.environment';
import { quarantineApiEnvironment } from '../../lambda/quarantine/quarantine-api.environment';
import { replayPartEnvironment } from '../../lambda/quarantine/replay-part.environment';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import type { EnvironmentValues } from '../constructs/function-environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, recordsValues, storageValues } from '../constructs/platform-values';
import { writeItems } from '../constructs/role-owner';
import { Workflow } from '../constructs/workflow';
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
  readonly replay: Workflow;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: QuarantineStackProps) {
    super(scope, id, props);
    const environment: EnvironmentValues = {
      ...configurationValues(props.configuration),
      ...recordsValues(props.records),
      ...storageValues(props.storage),
      PIPELINE_ARN: props.pipeline.workflow.stateMachine.stateMachineArn,
    };
    const common = { settings: props.settings, environment, memorySize: 1769 };

    this.replayPart = new NmipFunction(this, 'ReplayPart', {
      ...common,
      entry: 'quarantine/replay-part',
      description: 'Makes a replay submission of quarantined files',
      environmentSchema: replayPartEnvironment,
      timeout: Duration.seconds(partSeconds),
    });
    this.replay = new Workflow(this, 'StateMachine', {
      stateMachineName: `nmip-${props.configuration.environmentName}-replay`,
      definition: replayDefinition(this.replayPart.function.functionArn),
      settings: props.settings,
      keyDescription: 'NMIP state of replays',
      functions: [this.replayPart],
    });
    this.api = new NmipFunction(this, 'QuarantineApi', {
      ...common,
      environment: { ...environment, REPLAY_ARN: this.replay.stateMachine.stateMachineArn },
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
    this.grant(props);
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
    new CfnOutput(this, 'ReplayArn', { value: this.replay.stateMachine.stateMachineArn });
  }

  private grant({ storage, records, pipeline }: QuarantineStackProps): void {
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
    api.allow(['states:StartExecution'], this.replay.stateMachine.stateMachineArn);
    api.allowKey(this.replay.key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');

    read(replayPart, work, 'releases/*');
    read(replayPart, work, 'submissions/*');
    write(replayPart, work, 'submissions/*');
    read(replayPart, quarantine, '*');
    read(replayPart, landing, '*');
    write(replayPart, landing, '*', ['s3:PutObjectTagging']);
    replayPart.allow(['states:StartExecution'], pipeline.workflow.stateMachine.stateMachineArn);
    replayPart.allowKey(pipeline.workflow.key.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');
  }
}
