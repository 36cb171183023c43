import { z } from 'zod';
import type { QueueStore } from '../../aws/sqs/queue-store';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { withoutEffect } from './property-schemas';

const queueProperties = z.strictObject({
  KmsDataKeyReusePeriodSeconds: withoutEffect,
  KmsMasterKeyId: withoutEffect,
  MessageRetentionPeriod: withoutEffect,
  QueueName: z.string().optional(),
  SqsManagedSseEnabled: withoutEffect,
  Tags: withoutEffect,
  VisibilityTimeout: withoutEffect,
});

/** AWS::SQS::Queue. Only services of the platform itself send to queues here, so their policies are not asked. */
export function sqsHandlers(queues: QueueStore): ResourceHandlers {
  return {
    'AWS::SQS::Queue': (resource) => {
      const given = readProperties(resource, queueProperties);
      const name = given.QueueName ?? physicalName(resource.stack, resource.logicalId, 80);
      const arn = `arn:aws:sqs:${resource.region}:${resource.accountId}:${name}`;
      queues.ensure(arn);
      const url = `https://sqs.${resource.region}.amazonaws.com/${resource.accountId}/${name}`;
      return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
    },
    'AWS::SQS::QueuePolicy': (resource) => ({
      ref: physicalName(resource.stack, resource.logicalId, 80),
      attributes: {},
    }),
  };
}
