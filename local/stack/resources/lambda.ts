import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { FunctionRunner } from '../../aws/lambda/function-runner';
import { DeploymentError } from '../deployment-error';
import { physicalName } from '../physical-name';
import { type ResolvedResource, type ResourceHandlers, readProperties } from '../resource';
import { count, withoutEffect } from './property-schemas';

const functionProperties = z.strictObject({
  Architectures: withoutEffect,
  Code: z.union([
    z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    z.strictObject({ ZipFile: z.string() }),
  ]),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
  Description: withoutEffect,
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  EphemeralStorage: withoutEffect,
  FunctionName: z.string().optional(),
  Handler: z.string(),
  KmsKeyArn: withoutEffect,
  LoggingConfig: withoutEffect,
  MemorySize: count.min(128).max(10_240).default(128),
  ReservedConcurrentExecutions: count.optional(),
  Role: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'a Node.js runtime'),
  Tags: withoutEffect,
  Timeout: count.min(1).max(900).default(3),
  TracingConfig: withoutEffect,
});

const invokeProperties = z.strictObject({
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
    .optional(),
  FunctionName: z.string(),
  MaximumEventAgeInSeconds: withoutEffect,
  MaximumRetryAttempts: count.min(0).max(2).default(2),
  Qualifier: withoutEffect,
});

const permissionProperties = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceAccount: z.string().optional(),
  SourceArn: z.string().optional(),
});

export interface LambdaHandlerOptions {
  readonly functions: FunctionRunner;
  readonly assets: ReadonlyMap<string, string>;
  /** Folder for code that stands in the template itself. */
  readonly inlineCodeFolder: string;
}

/** AWS::Lambda::Function, EventInvokeConfig and Permission. */
export function lambdaHandlers({
  functions,
  assets,
  inlineCodeFolder,
}: LambdaHandlerOptions): ResourceHandlers {
  const arnOf = (resource: ResolvedResource, nameOrArn: string): string =>
    nameOrArn.startsWith('arn:')
      ? nameOrArn
      : `arn:aws:lambda:${resource.region}:${resource.accountId}:function:${nameOrArn}`;

  const codeFolder = (
    resource: ResolvedResource,
    name: string,
    code: z.infer<typeof functionProperties>['Code'],
  ): string => {
    if ('ZipFile' in code) {
      const folder = join(inlineCodeFolder, name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'index.js'), code.ZipFile);
      return folder;
    }
    const folder = assets.get(code.S3Key);
    if (folder === undefined) {
      const message = `${resource.stack}/${resource.logicalId}: the assembly holds no asset ${code.S3Key}.`;
      throw new DeploymentError('ASSEMBLY_INCOMPLETE', message);
    }
    return folder;
  };

  return {
    'AWS::Lambda::Function': (resource) => {
      const given = readProperties(resource, functionProperties);
      const name = given.FunctionName ?? physicalName(resource.stack, resource.logicalId, 64);
      const arn = arnOf(resource, name);
      functions.register({
        name,
        arn,
        region: resource.region,
        codeFolder: codeFolder(resource, name, given.Code),
        handler: given.Handler,
        runtime: given.Runtime,
        roleArn: given.Role,
        memoryMegabytes: given.MemorySize,
        timeoutSeconds: given.Timeout,
        environment: given.Environment?.Variables ?? {},
        ...(given.ReservedConcurrentExecutions === undefined
          ? {}
          : { reservedConcurrency: given.ReservedConcurrentExecutions }),
        asynchronous: {
          maximumRetryAttempts: 2,
          ...(given.DeadLetterConfig ? { deadLetterQueueArn: given.DeadLetterConfig.TargetArn } : {}),
        },
      });
      return { ref: name, attributes: { Arn: arn } };
    },
    'AWS::Lambda::EventInvokeConfig': (resource) => {
      const given = readProperties(resource, invokeProperties);
      const destination = given.DestinationConfig?.OnFailure?.Destination;
      functions.configureAsynchronous(arnOf(resource, given.FunctionName), {
        maximumRetryAttempts: given.MaximumRetryAttempts,
        ...(destination === undefined ? {} : { onFailureArn: destination }),
      });
      return { ref: physicalName(resource.stack, resource.logicalId, 64), attributes: {} };
    },
    'AWS::Lambda::Permission': (resource) => {
      const given = readProperties(resource, permissionProperties);
      functions.permit(arnOf(resource, given.FunctionName), {
        principal: given.Principal,
        action: given.Action,
        ...(given.SourceArn === undefined ? {} : { sourceArn: given.SourceArn }),
        ...(given.SourceAccount === undefined ? {} : { sourceAccount: given.SourceAccount }),
      });
      return { ref: physicalName(resource.stack, resource.logicalId, 64), attributes: {} };
    },
  };
}
