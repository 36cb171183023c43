import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { taskImageFolder } from '../bundling/bundle-functions';
import { functionName, type TaskEntry } from '../bundling/function-entries';
import { acknowledge } from './acknowledge';
import { type EnvironmentValues, functionEnvironment } from './function-environment';
import type { FunctionSettings } from './nmip-function';
import { RoleOwner } from './role-owner';
import { rolePath } from './role-path';

export interface NmipTaskProps {
  readonly settings: FunctionSettings;
  readonly entry: TaskEntry;
  /** The function's own schema of its environment: the container finds the same. */
  readonly environmentSchema: z.ZodObject;
  readonly environment: EnvironmentValues;
  /** 1,024 are one processor. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

/**
 * The code of a function as a container on Fargate: arm64, its own role below the function's path, so that policies which
 * name the function let the container in as well, a file system that nobody writes to, no privileges.
 */
export class NmipTask extends RoleOwner {
  readonly role: Role;
  readonly executionRole: Role;
  readonly taskDefinition: FargateTaskDefinition;
  readonly family: string;
  readonly containerName = 'task';

  constructor(scope: Construct, id: string, props: NmipTaskProps) {
    super(scope, id);
    const { settings, entry } = props;
    const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    this.role = new Role(this, 'Role', {
      assumedBy,
      path: `${rolePath(settings.environmentName, entry)}task/`,
      description: `Container ${entry}`,
    });
    this.executionRole = new Role(this, 'ExecutionRole', {
      assumedBy,
      description: `Image and logs of container ${entry}`,
    });
    this.family = `nmip-${settings.environmentName}-${functionName(entry)}`;
    this.taskDefinition = new FargateTaskDefinition(this, 'Definition', {
      family: this.family,
      cpu: props.cpu,
      memoryLimitMiB: props.memoryMiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: this.role,
      executionRole: this.executionRole,
    });
    const environment = functionEnvironment(functionName(entry), props.environmentSchema, {
      variables: props.environment,
      configuration: settings.configuration,
    });
    const folder = taskImageFolder(entry, environment.configuration ?? '{}', Stack.of(this).bundlingRequired);
    this.taskDefinition.addContainer('Container', {
      containerName: this.containerName,
      image: ContainerImage.fromAsset(folder, { platform: Platform.LINUX_ARM64 }),
      command: ['node', 'index.js'],
      // the SDK asks for it; on Lambda the service sets it
      environment: { ...environment.variables, AWS_REGION: Stack.of(this).region },
      readonlyRootFilesystem: true,
      privileged: false,
      linuxParameters: new LinuxParameters(this, 'Linux', { initProcessEnabled: true }),
      logging: LogDrivers.awsLogs({
        logGroup: new LogGroup(this, 'Logs', {
          encryptionKey: settings.logKey,
          retention: settings.logRetention,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        streamPrefix: functionName(entry),
      }),
    });

    const inline = {
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'The policy belongs to this one role and goes with it; a managed policy could be attached elsewhere.',
    };
    acknowledge(this.role, inline);
    acknowledge(this.executionRole, {
      ...inline,
      'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken has no resource to name.',
    });
    acknowledge(this.taskDefinition, {
      'AwsSolutions-ECS2':
        'Names of buckets and keys and the root of UIDs: nothing secret. The synth checks them against the schema.',
    });
  }
}
