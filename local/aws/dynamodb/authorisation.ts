import type { Item, Table } from 'dynalite/db';
import type { Caller, ConditionContext } from '../service';
import type { CheckedRequest } from './engine';

/** Text of a key attribute's value, as it stands in `dynamodb:LeadingKeys`. */
function textOf(value: Readonly<Record<string, unknown>> | undefined): string[] {
  const text = value?.S ?? value?.N ?? value?.B;
  return text === undefined ? [] : [String(text)];
}

function hashKey(schema: Table['KeySchema']): string {
  return schema.find((part) => part.KeyType === 'HASH')?.AttributeName ?? '';
}

/** Condition keys of a request that names whole items or their keys. */
export function leadingKeysOfItems(table: Table, items: readonly Item[]): ConditionContext {
  const name = hashKey(table.KeySchema);
  return { 'dynamodb:LeadingKeys': items.flatMap((item) => textOf(item[name])) };
}

interface KeyCondition {
  readonly AttributeValueList: readonly Readonly<Record<string, unknown>>[];
}

/** Condition keys of a Query: the partition key's value, of the table or of the index that is read. */
export function leadingKeysOfQuery(table: Table, data: CheckedRequest): ConditionContext {
  const index = table.GlobalSecondaryIndexes?.find((candidate) => candidate.IndexName === data.IndexName);
  const conditions = (data.KeyConditions ?? {}) as Readonly<Record<string, KeyCondition>>;
  const condition = conditions[hashKey(index?.KeySchema ?? table.KeySchema)];
  return { 'dynamodb:LeadingKeys': textOf(condition?.AttributeValueList[0]) };
}

/** Asks for an action on a table, or on one of its indexes. */
export function authoriseTable(
  caller: Caller,
  action: string,
  tableArn: string,
  indexName: unknown,
  context: ConditionContext,
): void {
  const resource = typeof indexName === 'string' ? `${tableArn}/index/${indexName}` : tableArn;
  caller.authorise(`dynamodb:${action}`, resource, context);
}
