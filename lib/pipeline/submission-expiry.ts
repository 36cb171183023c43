import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { expireSubmissionsEnvironment } from '../../lambda/submission/expire-submissions.environment';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import type { EnvironmentValues } from '../constructs/function-environment';
import { NmipFunction } from '../constructs/nmip-function';
import { readItems } from '../constructs/role-owner';
import { read } from './object-rights';
import type { PipelineFunctionsProps } from './pipeline-functions';

export interface SubmissionExpiryProps extends PipelineFunctionsProps {
  /** What the functions of the pipeline are offered. */
  readonly environment: EnvironmentValues;
  readonly stateMachine: StateMachine;
  /** Key of the executions' state. */
  readonly stateKey: Key;
}

/**
 * Ends submissions that were never completed, once an hour. Runs that failed leave a message in the dead-letter queue;
 * the next run does their work.
 */
export class SubmissionExpiry extends Construct {
  readonly deadLetterQueue: Queue;
  readonly expireSubmissions: NmipFunction;

  constructor(scope: Construct, id: string, props: SubmissionExpiryProps) {
    super(scope, id);
    const { configuration, settings, keys, records, storage, stateMachine, stateKey } = props;
    this.deadLetterQueue = deadLetterQueue(this, 'DeadLetters', keys.operationsKey);
    this.expireSubmissions = new NmipFunction(this, 'expire-submissions', {
      settings,
      entry: 'submission/expire-submissions',
      description: 'Ends submissions that were never completed',
      environmentSchema: expireSubmissionsEnvironment,
      environment: {
        ...props.environment,
        PIPELINE_ARN: stateMachine.stateMachineArn,
        OPEN_SUBMISSION_DAYS: String(configuration.retention.openSubmissionDays),
      },
      memorySize: 256,
      timeout: Duration.minutes(5),
      deadLetterQueue: this.deadLetterQueue,
    });
    this.expireSubmissions.allowItems(records.ledger, [...readItems, 'PutItem', 'UpdateItem', 'DeleteItem']);
    read(this.expireSubmissions, storage.work, 'submissions/*');
    this.expireSubmissions.allow(['states:StartExecution'], stateMachine.stateMachineArn);
    this.expireSubmissions.allowKey(stateKey.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'states');
    new Rule(this, 'Hourly', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [
        new LambdaFunction(this.expireSubmissions.function, {
          deadLetterQueue: this.deadLetterQueue,
          retryAttempts: 2,
          maxEventAge: Duration.hours(1),
        }),
      ],
    });
  }
}
