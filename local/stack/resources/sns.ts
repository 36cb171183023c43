import { z } from 'zod';
import type { SnsService } from '../../aws/sns/sns-service';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { withoutEffect } from './property-schemas';

const topicProperties = z.strictObject({
  DisplayName: withoutEffect,
  KmsMasterKeyId: withoutEffect,
  Tags: withoutEffect,
  TopicName: z.string().optional(),
});

/** AWS::SNS::Topic. Who may publish is asked of the caller's role; policies of topics, and subscriptions, have no effect. */
export function snsHandlers(sns: SnsService): ResourceHandlers {
  return {
    'AWS::SNS::Topic': (resource) => {
      const given = readProperties(resource, topicProperties);
      const name = given.TopicName ?? physicalName(resource.stack, resource.logicalId, 256);
      const arn = `arn:aws:sns:${resource.region}:${resource.accountId}:${name}`;
      sns.ensureTopic(arn);
      return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    },
  };
}
