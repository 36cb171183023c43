import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { awsClientSettings, withoutRequestLog } from './aws-client-settings';

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export type Item = ItemKey & Readonly<Record<string, unknown>>;

/** A condition or an update in DynamoDB's expression language. */
export interface Expression {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface UpdateExpression extends Expression {
  readonly condition?: string;
}

export type TransactionWrite =
  | { readonly put: Item; readonly condition?: Expression }
  | { readonly update: ItemKey; readonly with: UpdateExpression }
  | { readonly delete: ItemKey; readonly condition?: Expression }
  | { readonly check: ItemKey; readonly condition: Expression };

/** `failed` holds the positions of the writes whose condition did not hold; none where another transaction was in the way. */
export type TransactionResult =
  | { readonly committed: true }
  | { readonly committed: false; readonly failed: readonly number[] };

/** Why nothing was written that may be written later. */
interface Hindrance {
  readonly inTheWay: Error;
  /** Another transaction, and not the table's pace alone. */
  readonly isConflict: boolean;
}

/** What is done where another transaction is in the way: try again here, or say so to the caller. */
export type OnConflict = 'try-again' | 'say-so';

export interface QueryRange {
  readonly pk: string;
  readonly skPrefix?: string;
  /** Least `sk`; not together with `skPrefix`. */
  readonly skFrom?: string;
  readonly limit?: number;
  readonly after?: ItemKey;
  readonly descending?: boolean;
}

/** "No item stands under this key yet." */
export const absent: Expression = { expression: 'attribute_not_exists(pk)' };

/** Keys of one BatchGetItem request, the service's limit. */
const batchGetSize = 100;

/** Attempts of a transaction that others cancel, or of a batch that is throttled, before the error goes up. */
const conflictAttempts = 8;

const storedKey = z.object({ pk: z.string(), sk: z.string() });

function mutable<Value>(
  record: Readonly<Record<string, Value>> | undefined,
): Record<string, Value> | undefined {
  return record === undefined ? undefined : { ...record };
}

function conflictPause(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(1_000, 20 * 2 ** attempt));
}

/** One of the platform's single tables (`pk`, `sk`), read strongly consistently and through zod schemas. */
export class DocumentTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    readonly tableName: string,
  ) {}

  /** The item under `key`, or null. */
  async get<Schema extends z.ZodType>(key: ItemKey, schema: Schema): Promise<z.infer<Schema> | null> {
    const answer = await this.client.send(
      new GetCommand({
        TableName: this.tableName,
        Key: { pk: key.pk, sk: key.sk },
        ConsistentRead: true,
      }),
    );
    return answer.Item === undefined ? null : schema.parse(answer.Item);
  }

  /** The items under `keys` that exist, in no order; `keys` must not repeat. */
  async getMany<Schema extends z.ZodType>(
    keys: readonly ItemKey[],
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    const items: z.infer<Schema>[] = [];
    for (let start = 0; start < keys.length; start += batchGetSize) {
      let open: Record<string, unknown>[] = keys
        .slice(start, start + batchGetSize)
        .map(({ pk, sk }) => ({ pk, sk }));
      for (let attempt = 0; open.length > 0; attempt += 1) {
        if (attempt === conflictAttempts) throw new Error('BatchGetItem left keys unread');
        if (attempt > 0) await conflictPause(attempt);
        const answer = await this.client.send(
          new BatchGetCommand({ RequestItems: { [this.tableName]: { Keys: open, ConsistentRead: true } } }),
        );
        for (const item of answer.Responses?.[this.tableName] ?? []) items.push(schema.parse(item));
        open = answer.UnprocessedKeys?.[this.tableName]?.Keys ?? [];
      }
    }
    return items;
  }

  /** Writes an item; false where `condition` did not hold. */
  async put(item: Item, condition?: Expression): Promise<boolean> {
    return this.conditionally(() =>
      this.client.send(
        new PutCommand({
          TableName: this.tableName,
          Item: { ...item },
          ConditionExpression: condition?.expression,
          ExpressionAttributeNames: mutable(condition?.names),
          ExpressionAttributeValues: mutable(condition?.values),
        }),
      ),
    );
  }

  /** Changes an item (making it where it does not exist and no condition forbids); false where the condition did not hold. */
  async update(key: ItemKey, change: UpdateExpression): Promise<boolean> {
    return this.conditionally(() =>
      this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { pk: key.pk, sk: key.sk },
          UpdateExpression: change.expression,
          ConditionExpression: change.condition,
          ExpressionAttributeNames: mutable(change.names),
          ExpressionAttributeValues: mutable(change.values),
        }),
      ),
    );
  }

  /** Adds one to a number of an item, which both begin at nothing, and says what it then is: no two callers get the same. */
  async increment(key: ItemKey, attribute: string): Promise<number> {
    const answer = await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: { pk: key.pk, sk: key.sk },
        UpdateExpression: 'ADD #attribute :one',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return z.number().int().parse(answer.Attributes?.[attribute]);
  }

  /** Sets a number of an item to `to` unless it is that or more. */
  async raise(key: ItemKey, attribute: string, to: number): Promise<void> {
    await this.update(key, {
      expression: 'SET #attribute = :to',
      condition: 'attribute_not_exists(#attribute) OR #attribute < :to',
      names: { '#attribute': attribute },
      values: { ':to': to },
    });
  }

  /** Deletes an item; false where `condition` did not hold. */
  async delete(key: ItemKey, condition?: Expression): Promise<boolean> {
    return this.conditionally(() =>
      this.client.send(
        new DeleteCommand({
          TableName: this.tableName,
          Key: { pk: key.pk, sk: key.sk },
          ConditionExpression: condition?.expression,
          ExpressionAttributeNames: mutable(condition?.names),
          ExpressionAttributeValues: mutable(condition?.values),
        }),
      ),
    );
  }

  /** One page of the items of a partition, in order of `sk`; `next` is where to go on, null at the end. */
  async query<Schema extends z.ZodType>(
    range: QueryRange,
    schema: Schema,
  ): Promise<{ items: z.infer<Schema>[]; next: ItemKey | null }> {
    const answer = await this.client.send(
      new QueryCommand({
        TableName: this.tableName,
        ...keyCondition(range),
        ConsistentRead: true,
        ScanIndexForward: range.descending !== true,
        Limit: range.limit,
        ExclusiveStartKey: range.after === undefined ? undefined : { ...range.after },
      }),
    );
    return {
      items: (answer.Items ?? []).map((item) => schema.parse(item)),
      next: answer.LastEvaluatedKey === undefined ? null : storedKey.parse(answer.LastEvaluatedKey),
    };
  }

  /** All items of a partition, or of the part of it under `skPrefix`; for partitions known to be small. */
  async queryAll<Schema extends z.ZodType>(
    range: Omit<QueryRange, 'limit' | 'after'>,
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    const items: z.infer<Schema>[] = [];
    let after: ItemKey | undefined;
    do {
      const page: { items: z.infer<Schema>[]; next: ItemKey | null } = await this.query(
        { ...range, after },
        schema,
      );
      items.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return items;
  }

  /**
   * Writes all (at most 100) or nothing. Says which conditions did not hold; where another transaction was in the way it
   * tries again by itself, unless told to say so. A single put goes as such: within a transaction it would cost two writes.
   */
  async transact(
    writes: readonly TransactionWrite[],
    onConflict: OnConflict = 'try-again',
  ): Promise<TransactionResult> {
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.write(writes);
      if ('committed' in result) return result;
      if (onConflict === 'say-so' && result.isConflict) return { committed: false, failed: [] };
      if (attempt + 1 === conflictAttempts) throw result.inTheWay;
      await conflictPause(attempt);
    }
  }

  private async write(writes: readonly TransactionWrite[]): Promise<TransactionResult | Hindrance> {
    const [first, ...others] = writes;
    if (first !== undefined && others.length === 0 && 'put' in first) return this.putAlone(first);
    try {
      await this.client.send(
        new TransactWriteCommand({ TransactItems: writes.map((write) => this.transactItem(write)) }),
      );
      return { committed: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
      const failed = reasons.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
      if (failed.length > 0) return { committed: false, failed };
      const transient = reasons.every((code) =>
        ['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'].includes(code),
      );
      if (!transient) throw error;
      return { inTheWay: error, isConflict: reasons.includes('TransactionConflict') };
    }
  }

  private async putAlone({
    put,
    condition,
  }: Extract<TransactionWrite, { put: Item }>): Promise<TransactionResult | Hindrance> {
    try {
      return (await this.put(put, condition)) ? { committed: true } : { committed: false, failed: [0] };
    } catch (error) {
      if (!(error instanceof TransactionConflictException)) throw error;
      return { inTheWay: error, isConflict: true };
    }
  }

  private transactItem(
    write: TransactionWrite,
  ): NonNullable<TransactWriteCommandInput['TransactItems']>[number] {
    const TableName = this.tableName;
    if ('put' in write)
      return { Put: { TableName, Item: { ...write.put }, ...transactCondition(write.condition) } };
    if ('update' in write)
      return {
        Update: {
          TableName,
          Key: { pk: write.update.pk, sk: write.update.sk },
          UpdateExpression: write.with.expression,
          ConditionExpression: write.with.condition,
          ExpressionAttributeNames: mutable(write.with.names),
          ExpressionAttributeValues: mutable(write.with.values),
        },
      };
    if ('delete' in write)
      return {
        Delete: {
          TableName,
          Key: { pk: write.delete.pk, sk: write.delete.sk },
          ...transactCondition(write.condition),
        },
      };
    return {
      ConditionCheck: {
        TableName,
        Key: { pk: write.check.pk, sk: write.check.sk },
        ConditionExpression: write.condition.expression,
        ExpressionAttributeNames: mutable(write.condition.names),
        ExpressionAttributeValues: mutable(write.condition.values),
      },
    };
  }

  private async conditionally(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function keyCondition({ pk, skPrefix, skFrom }: QueryRange) {
  if (skPrefix !== undefined)
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': pk, ':sk': skPrefix },
    };
  if (skFrom !== undefined)
    return {
      KeyConditionExpression: 'pk = :pk AND sk >= :sk',
      ExpressionAttributeValues: { ':pk': pk, ':sk': skFrom },
    };
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
}

function transactCondition(condition: Expression | undefined) {
  return {
    ConditionExpression: condition?.expression,
    ExpressionAttributeNames: mutable(condition?.names),
    ExpressionAttributeValues: mutable(condition?.values),
  };
}

/** The document client of a function; undefined members are left out of items. */
export function createDocumentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(withoutRequestLog(new DynamoDBClient(awsClientSettings)), {
    marshallOptions: { removeUndefinedValues: true },
  });
}
