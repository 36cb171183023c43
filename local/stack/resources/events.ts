import { z } from 'zod';
import type { EventBus, RuleTarget } from '../../aws/events/event-bus';
import { parseEventPattern } from '../../aws/events/event-pattern';
import { parseSchedule } from '../../aws/events/schedule';
import type { TargetInput } from '../../aws/events/target-input';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { withoutEffect } from './property-schemas';

const target = z.strictObject({
  Arn: z.string(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
  Id: z.string(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string(), z.string()).default({}),
      InputTemplate: z.string(),
    })
    .optional(),
  RetryPolicy: withoutEffect,
  RoleArn: z.string().optional(),
});

const ruleProperties = z.strictObject({
  Description: withoutEffect,
  EventBusName: z.literal('default').optional(),
  EventPattern: z.unknown().optional(),
  Name: z.string().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Tags: withoutEffect,
  Targets: z.array(target).default([]),
});

function inputOf(given: z.infer<typeof target>): TargetInput {
  if (given.Input !== undefined) return { kind: 'constant', value: JSON.parse(given.Input) as unknown };
  if (given.InputPath !== undefined) return { kind: 'path', path: given.InputPath };
  if (given.InputTransformer) {
    const { InputPathsMap: paths, InputTemplate: template } = given.InputTransformer;
    return { kind: 'template', paths, template };
  }
  return { kind: 'event' };
}

function targetOf(given: z.infer<typeof target>): RuleTarget {
  return {
    arn: given.Arn,
    input: inputOf(given),
    ...(given.RoleArn === undefined ? {} : { roleArn: given.RoleArn }),
    ...(given.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterQueueArn: given.DeadLetterConfig.Arn }),
  };
}

/** AWS::Events::Rule on the default bus. */
export function eventsHandlers(bus: EventBus): ResourceHandlers {
  return {
    'AWS::Events::Rule': (resource) => {
      const given = readProperties(resource, ruleProperties);
      const name = given.Name ?? physicalName(resource.stack, resource.logicalId, 64);
      const arn = `arn:aws:events:${resource.region}:${resource.accountId}:rule/${name}`;
      bus.putRule({
        arn,
        enabled: given.State === 'ENABLED',
        ...(given.EventPattern === undefined ? {} : { pattern: parseEventPattern(given.EventPattern) }),
        ...(given.ScheduleExpression === undefined
          ? {}
          : { schedule: parseSchedule(given.ScheduleExpression) }),
        targets: given.Targets.map(targetOf),
      });
      return { ref: name, attributes: { Arn: arn } };
    },
  };
}
