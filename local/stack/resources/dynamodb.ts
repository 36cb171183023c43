import { z } from 'zod';
import type { DynamoDbService } from '../../aws/dynamodb/dynamodb-service';
import { tableDeclaration } from '../../aws/dynamodb/tables';
import { physicalName } from '../physical-name';
import { type ResourceHandlers, readProperties } from '../resource';
import { flag, withoutEffect } from './property-schemas';

const tableProperties = z.strictObject({
  AttributeDefinitions: z.unknown(),
  BillingMode: withoutEffect,
  DeletionProtectionEnabled: withoutEffect,
  GlobalSecondaryIndexes: z.array(z.looseObject({})).default([]),
  KeySchema: z.unknown(),
  PointInTimeRecoverySpecification: withoutEffect,
  SSESpecification: withoutEffect,
  TableClass: withoutEffect,
  TableName: z.string().optional(),
  Tags: withoutEffect,
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: flag }).optional(),
});

/** AWS::DynamoDB::Table. */
export function dynamoDbHandlers(dynamodb: DynamoDbService): ResourceHandlers {
  return {
    'AWS::DynamoDB::Table': async (resource) => {
      const given = readProperties(resource, tableProperties);
      const name = given.TableName ?? physicalName(resource.stack, resource.logicalId, 255);
      const timeToLive = given.TimeToLiveSpecification;
      const arn = await dynamodb.ensureTable(
        tableDeclaration.parse({
          name,
          keySchema: given.KeySchema,
          attributeDefinitions: given.AttributeDefinitions,
          globalSecondaryIndexes: given.GlobalSecondaryIndexes,
          ...(timeToLive?.Enabled ? { timeToLiveAttribute: timeToLive.AttributeName } : {}),
        }),
      );
      return { ref: name, attributes: { Arn: arn } };
    },
  };
}
