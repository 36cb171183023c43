import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { exportEventsEnvironment } from '../../lambda/history/export-events.environment';
import { historyApiEnvironment } from '../../lambda/history/history-api.environment';
import { deadLetterQueue } from '../constructs/dead-letter-queue';
import type { EnvironmentValues } from '../constructs/function-environment';
import { type FunctionSettings, NmipFunction } from '../constructs/nmip-function';
import { configurationValues, recordsValues } from '../constructs/platform-values';
import { readItems } from '../constructs/role-owner';
import type { KeysStack } from './keys-stack';
import type { RecordsStack } from './records-stack';
import type { PlatformStackProps } from './stateful-stack';
import type { StorageStack } from './storage-stack';
import type { TrailStack } from './trail-stack';

export interface HistoryStackProps extends PlatformStackProps {
  readonly settings: FunctionSettings;
  readonly keys: KeysStack;
  readonly storage: StorageStack;
  readonly records: RecordsStack;
  readonly trail: TrailStack;
}

const byNumber = 'Keys are the numbers of checkpoints, which do not exist at synth.';
const byDay = 'CloudTrail names its files by the day and at random.';

/** The register's history: a worker exports it to the audit bucket, and auditors read both sides. */
export class HistoryStack extends Stack {
  readonly exportEvents: NmipFunction;
  /** Behind the routes of auditors. Changes nothing. */
  readonly api: NmipFunction;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: HistoryStackProps) {
    super(scope, id, props);
    const { settings, storage, records, trail } = props;
    const environment: EnvironmentValues = {
      ...configurationValues(props.configuration),
      ...recordsValues(records),
      AUDIT_BUCKET: storage.audit.bucket.bucketName,
      TRAIL_BUCKET: trail.trail.bucket.bucketName,
      TRAIL_PREFIX: trail.prefix,
    };
    this.deadLetterQueue = deadLetterQueue(this, 'export-events-dead-letters', props.keys.operationsKey);
    this.exportEvents = new NmipFunction(this, 'ExportEvents', {
      settings,
      environment,
      entry: 'history/export-events',
      description: "Exports the register's events to the audit bucket, by checkpoints",
      environmentSchema: exportEventsEnvironment,
      memorySize: 1024,
      timeout: Duration.seconds(120),
      // checkpoints follow one another; a second run would only wait for the first
      reservedConcurrency: 1,
      deadLetterQueue: this.deadLetterQueue,
    });
    this.grantExport(props);
    new Rule(this, 'EveryMinute', {
      description: "Exports the register's events to the audit bucket",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new LambdaFunction(this.exportEvents.function, {
          deadLetterQueue: this.deadLetterQueue,
          // the next minute does what this one could not
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });

    this.api = new NmipFunction(this, 'HistoryApi', {
      settings,
      environment,
      entry: 'history/history-api',
      description: 'History of the register, its checkpoints, and who read which images',
      environmentSchema: historyApiEnvironment,
      memorySize: 1769,
      // API Gateway gives a function 29 seconds
      timeout: Duration.seconds(28),
    });
    this.api.allowItems(records.register, readItems);
    this.api.allowObjects({
      in: storage.audit,
      actions: ['s3:GetObject'],
      keys: 'checkpoints/*',
      because: byNumber,
    });
    this.api.allowObjects({
      in: trail.trail,
      actions: ['s3:GetObject'],
      keys: `${trail.prefix}*`,
      because: byDay,
    });
  }

  /** It reads the outbox and the head, deletes nothing but outbox items, and puts nothing but the head. */
  private grantExport({ storage, records }: HistoryStackProps): void {
    const only = (...partitions: string[]) => ({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': partitions },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
    this.exportEvents.allowItems(records.register, ['GetItem', 'Query'], only('OUTBOX', 'AUDIT'));
    this.exportEvents.allowItems(records.register, ['DeleteItem'], only('OUTBOX'));
    this.exportEvents.allowItems(records.register, ['PutItem'], only('AUDIT'));
    this.exportEvents.allowObjects({
      in: storage.audit,
      actions: ['s3:GetObject', 's3:PutObject'],
      keys: 'checkpoints/*',
      because: byNumber,
    });
  }
}
