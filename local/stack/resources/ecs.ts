import { z } from 'zod';
import type { TaskRunner } from '../../aws/ecs/task-runner';
import { DeploymentError } from '../deployment-error';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { count, flag, withoutEffect } from './property-schemas';

const clusterProperties = z.strictObject({
  ClusterName: z.string().optional(),
  ClusterSettings: withoutEffect,
  Tags: withoutEffect,
});

const container = z.strictObject({
  Command: z.tuple([z.literal('node')], z.string()).refine((command) => command.length > 1, 'a program'),
  Environment: z.array(z.strictObject({ Name: z.string(), Value: z.coerce.string() })).default([]),
  Essential: z.literal(true),
  Image: z.string(),
  LinuxParameters: withoutEffect,
  LogConfiguration: withoutEffect,
  Name: z.string(),
  Privileged: flag.optional(),
  ReadonlyRootFilesystem: withoutEffect,
});

const taskDefinitionProperties = z.strictObject({
  ContainerDefinitions: z.array(container).length(1),
  Cpu: count,
  ExecutionRoleArn: z.string(),
  Family: z.string(),
  Memory: count,
  NetworkMode: z.literal('awsvpc'),
  RequiresCompatibilities: z.tuple([z.literal('FARGATE')]),
  RuntimePlatform: withoutEffect,
  Tags: withoutEffect,
  TaskRoleArn: z.string(),
});

/**
 * AWS::ECS::Cluster and TaskDefinition, of one container that runs Node.js.
 * @param images folder of an image's recipe by `<repository>:<tag>`
 */
export function ecsHandlers(tasks: TaskRunner, images: ReadonlyMap<string, string>): ResourceHandlers {
  return {
    'AWS::ECS::Cluster': (resource) => {
      const given = readProperties(resource, clusterProperties);
      const name = given.ClusterName ?? physicalName(resource.stack, resource.logicalId, 255);
      const arn = `arn:aws:ecs:${resource.region}:${resource.accountId}:cluster/${name}`;
      tasks.registerCluster(name, arn);
      return { ref: name, attributes: { Arn: arn } };
    },
    'AWS::ECS::TaskDefinition': (resource) => {
      const given = readProperties(resource, taskDefinitionProperties);
      const [only] = given.ContainerDefinitions;
      if (only === undefined) throw new Error('a task definition without a container');
      const imageFolder = images.get(only.Image.slice(only.Image.indexOf('/') + 1));
      if (imageFolder === undefined) {
        throw new DeploymentError(
          'ASSEMBLY_INCOMPLETE',
          `The assembly has no image ${only.Image} for ${given.Family}.`,
        );
      }
      const arn = `arn:aws:ecs:${resource.region}:${resource.accountId}:task-definition/${given.Family}:1`;
      const [, program = '', ...parameters] = only.Command;
      tasks.registerTaskDefinition({
        arn,
        family: given.Family,
        region: resource.region,
        cpu: given.Cpu,
        memoryMegabytes: given.Memory,
        taskRoleArn: given.TaskRoleArn,
        executionRoleArn: given.ExecutionRoleArn,
        container: {
          name: only.Name,
          image: only.Image,
          imageFolder,
          command: [program, ...parameters],
          environment: Object.fromEntries(only.Environment.map(({ Name, Value }) => [Name, Value])),
        },
      });
      return { ref: arn, attributes: { TaskDefinitionArn: arn } };
    },
  };
}
