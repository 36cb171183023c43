import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { z } from 'zod';
import type { PlatformConfiguration } from '../../lambda/platform/configuration.contract';
import { functionBundle } from '../bundling/bundle-functions';
import { type FunctionEntry, functionName } from '../bundling/function-entries';
import { acknowledge, acknowledgeWildcard } from './acknowledge';
import { type EnvironmentValues, functionEnvironment } from './function-environment';
import { allConditions, type Conditions, type GrantedBucket } from './granted-bucket';
import type { RecordTable } from './record-table';
import { rolePath } from './role-path';

/** What all functions of a stack have in common. */
export interface FunctionSettings {
  readonly environmentName: string;
  /** Functions get the parts that their schemas name, as a file beside the bundle. */
  readonly configuration: PlatformConfiguration;
  /** Key of the log groups. */
  readonly logKey: IKey;
  readonly logRetention: RetentionDays;
}

export interface NmipFunctionProps {
  readonly settings: FunctionSettings;
  readonly entry: FunctionEntry;
  readonly description: string;
  /** The function's own schema of its environment. */
  readonly environmentSchema: z.ZodObject;
  /** Values the stack can offer; the function gets those that its schema names. */
  readonly environment: EnvironmentValues;
  /** MB; 1,769 MB are one processor. */
  readonly memorySize: number;
  readonly timeout: Duration;
  /** Environments kept for this function and its upper bound. */
  readonly reservedConcurrency?: number;
  /** Where events go that an asynchronously invoked function failed on. */
  readonly deadLetterQueue?: Queue;
  /** Key of the environment variables, where Lambda's own does not do. */
  readonly environmentKey?: IKey;
  /** Set where others hold the function's ARN for ever. */
  readonly physicalName?: string;
}

/** Objects of a bucket under a prefix. */
export interface ObjectGrant {
  readonly in: GrantedBucket;
  readonly actions: readonly string[];
  /** Keys, with `*` where a name is not known before. */
  readonly keys: string;
  /** Why the wildcard in `keys` is no wider than needed. */
  readonly because: string;
}

/**
 * A Lambda function as NMIP runs them: bundled with the others in one pass, arm64, its own role under its own path, its
 * own encrypted log group, traced, and an environment and a configuration that are checked at synth.
 */
export class NmipFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: NmipFunctionProps) {
    super(scope, id);
    const { settings, entry } = props;

    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      path: rolePath(settings.environmentName, entry),
      description: `Function ${entry}`,
    });
    this.logGroup = new LogGroup(this, 'Logs', {
      encryptionKey: settings.logKey,
      retention: settings.logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const environment = functionEnvironment(functionName(entry), props.environmentSchema, {
      variables: props.environment,
      configuration: settings.configuration,
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName: props.physicalName,
      description: props.description,
      role: this.role,
      code: Stack.of(this).bundlingRequired
        ? Code.fromAsset(functionBundle(entry, environment.configuration))
        : Code.fromInline(`throw new Error('${entry} was synthesized without its bundle')`),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      environment: environment.variables,
      environmentEncryption: props.environmentKey,
      memorySize: props.memorySize,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrency,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      deadLetterQueue: props.deadLetterQueue,
      ...(props.deadLetterQueue && { retryAttempts: 2, maxEventAge: Duration.hours(6) }),
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);

    const queueKey = props.deadLetterQueue?.encryptionMasterKey;
    if (queueKey !== undefined) this.allowKey(queueKey.keyArn, ['kms:Decrypt', 'kms:GenerateDataKey'], 'sqs');

    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]':
        'X-Ray has no resources to name: xray:PutTraceSegments and xray:PutTelemetryRecords take none.',
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
      'NIST.800.53.R5-LambdaInsideVPC':
        'The function calls AWS services only, by TLS and under its own role, and is called by AWS services only. ' +
        'A network of its own would add an endpoint for each service and take nothing away from what the role allows.',
    });
    if (props.reservedConcurrency === undefined) {
      acknowledge(this, {
        'NIST.800.53.R5-LambdaConcurrency':
          'Bounded by its caller: throttling of the API, or the concurrency limits in the state machine. The function ' +
          'that could take all of the account is deidentify-batch, and that one is bounded.',
      });
    }
    if (props.deadLetterQueue === undefined) {
      acknowledge(this, {
        'NIST.800.53.R5-LambdaDLQ':
          'Called synchronously: the caller (state machine, REST API, CloudFormation or HealthImaging) gets the error.',
      });
    }
  }

  /** Allows actions on resources named in full, optionally under conditions. */
  allow(actions: readonly string[], resources: string | readonly string[], conditions?: Conditions): void {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: typeof resources === 'string' ? [resources] : [...resources],
        conditions,
      }),
    );
  }

  /**
   * Allows actions on the objects of a bucket under some keys, and the bucket's KMS key for just that. Who may read may
   * list as well: S3 says of a missing key that it is missing only to those who may.
   */
  allowObjects(grant: ObjectGrant): void {
    const { bucketArn, keyArn, bucketConditions, keyConditions, wildcardReason } = grant.in;
    const objects = `${bucketArn}/${grant.keys}`;
    this.allow(grant.actions, objects, bucketConditions);
    acknowledgeWildcard(this, objects, [grant.because, wildcardReason].filter(Boolean).join(' '));
    const writes = grant.actions.includes('s3:PutObject');
    const reads = grant.actions.includes('s3:GetObject');
    if (reads) this.allowBucket(grant.in, ['s3:ListBucket']);
    if (writes || reads) {
      // a multipart upload reads its own parts again
      const uses = writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
      this.allowKey(keyArn, uses, 's3', keyConditions);
      if (wildcardReason !== undefined) acknowledgeWildcard(this, keyArn, wildcardReason);
    }
  }

  /** Allows actions on a bucket itself, such as listing it. */
  allowBucket(
    { bucketArn, bucketConditions, wildcardReason }: GrantedBucket,
    actions: readonly string[],
  ): void {
    this.allow(actions, bucketArn, bucketConditions);
    if (wildcardReason !== undefined) acknowledgeWildcard(this, bucketArn, wildcardReason);
  }

  /** Allows the use of a key through one service only, optionally under further conditions. */
  allowKey(keyArn: string, actions: readonly string[], service: string, conditions?: Conditions): void {
    const through = { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` };
    this.allow(actions, keyArn, allConditions({ StringEquals: through }, conditions));
  }

  /** Allows actions on the items of a table, and the table's key through DynamoDB. */
  allowItems({ table, key }: RecordTable, actions: readonly ItemAction[]): void {
    this.allow(
      actions.map((action) => `dynamodb:${action}`),
      table.tableArn,
    );
    this.allowKey(
      key.keyArn,
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      'dynamodb',
    );
  }
}

export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

export const readItems: readonly ItemAction[] = ['GetItem', 'BatchGetItem', 'Query'];

export const writeItems: readonly ItemAction[] = [
  ...readItems,
  'PutItem',
  'UpdateItem',
  'ConditionCheckItem',
];
