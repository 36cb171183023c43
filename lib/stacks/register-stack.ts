import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { publicRegisterApiEnvironment } from '../../lambda/public-register/public-register-api.environment';
import { expireGrantsEnvironment } from '../../lambda/register/expire-grants.environment';
import { PUBLIC_PARTITION } from '../../lambda/register/partitions.contract';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { recordsValues } from '../constructs/platform-values';
import { writeItems } from '../constructs/role-owner';
import type { KeysStack } from './keys-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';

export interface RegisterStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly records: RecordsStack;
}

/** What time does to the register, and what of it is public. */
export class RegisterStack extends Stack {
  readonly expireGrants: NmipFunction;
  readonly deadLetterQueue: Queue;
  /** Behind the routes of the public register. Reads one partition of the register. */
  readonly publicRegisterApi: NmipFunction;

  constructor(scope: Construct, id: string, props: RegisterStackProps) {
    super(scope, id, props);
    const { configuration, settings, keys, records } = props;
    const topic = new Topic(this, 'Notifications', { masterKey: keys.operationsKey, enforceSSL: true });
    if (configuration.notifications.email !== undefined) {
      topic.addSubscription(new EmailSubscription(configuration.notifications.email));
    }
    const common = {
      settings,
      environment: { ...recordsValues(records), NOTIFICATIONS_TOPIC: topic.topicArn },
    };

    this.deadLetterQueue = deadLetterQueue(this, 'expire-grants-dead-letters', keys.operationsKey);
    this.expireGrants = new NmipFunction(this, 'ExpireGrants', {
      ...common,
      entry: 'register/expire-grants',
      description: 'Ends grants in time, reminds before, keeps the public register',
      environmentSchema: expireGrantsEnvironment,
      memorySize: 512,
      timeout: Duration.minutes(5),
      // two runs at once would send a message twice
      reservedConcurrency: 1,
      deadLetterQueue: this.deadLetterQueue,
    });
    this.expireGrants.allowItems(records.register, writeItems);
    this.expireGrants.allow(['sns:Publish'], topic.topicArn);
    this.expireGrants.allowKey(keys.operationsKey.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'sns');
    new Rule(this, 'QuarterHourly', {
      description: 'Ends grants in time, reminds before, keeps the public register',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [
        new LambdaFunction(this.expireGrants.function, {
          deadLetterQueue: this.deadLetterQueue,
          retryAttempts: 2,
          maxEventAge: Duration.hours(1),
        }),
      ],
    });

    this.publicRegisterApi = new NmipFunction(this, 'PublicRegisterApi', {
      ...common,
      entry: 'public-register/public-register-api',
      description: 'The public register of projects',
      environmentSchema: publicRegisterApiEnvironment,
      memorySize: 1024,
      timeout: Duration.seconds(15),
      // each reads the public part once in five seconds, however many ask
      reservedConcurrency: 10,
    });
    this.publicRegisterApi.allowPartition(records.register, ['Query'], PUBLIC_PARTITION);
    new CfnOutput(this, 'NotificationsTopic', { value: topic.topicArn });
  }
}
