import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import type { PlatformConfiguration } from '../../lambda/platform/configuration.contract';
import { functionBundle } from '../bundling/bundle-functions';
import { type FunctionEntry, functionName } from '../bundling/function-entries';
import { acknowledge } from './acknowledge';
import { type EnvironmentValues, functionEnvironment } from './function-environment';
import { RoleOwner } from './role-owner';
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

/**
 * A Lambda function as NMIP runs them: bundled with the others in one pass, arm64, its own role under its own path, its
 * own encrypted log group, traced, and an environment and a configuration that are checked at synth.
 */
export class NmipFunction extends RoleOwner {
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
}
