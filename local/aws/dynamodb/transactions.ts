import { createHash } from 'node:crypto';
import { type BatchOperation, checkConditional, type Item, type Table } from 'dynalite/db';
import { AwsError } from '../service';
import {
  asAwsError,
  type CancellationReason,
  transactionCancelled,
  validationException,
} from './dynamodb-error';
import type { CheckedRequest, DynamoEngine, EngineOperation } from './engine';
import type { OverlayStore } from './overlay-store';

/** An item of TransactWriteItems, with the operation that performs it. */
export interface TransactWrite {
  readonly kind: 'ConditionCheck' | 'Put' | 'Delete' | 'Update';
  readonly request: Readonly<Record<string, unknown>>;
}

/** DynamoDB takes 100 items a transaction. */
const mostItems = 100;
/** A client request token means the same request for ten minutes. */
const tokenMilliseconds = 600_000;
const tokenPrefix = 'nmip-token~';

const operations: Readonly<Record<TransactWrite['kind'], EngineOperation>> = {
  ConditionCheck: 'deleteItem',
  Put: 'putItem',
  Delete: 'deleteItem',
  Update: 'updateItem',
};

/** Reads `TransactItems`. Throws `ValidationException`. */
export function readTransactItems(input: Readonly<Record<string, unknown>>): readonly TransactWrite[] {
  const items = input.TransactItems;
  if (!Array.isArray(items) || items.length < 1 || items.length > mostItems) {
    throw validationException(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and ${mostItems}`,
    );
  }
  return items.map((item: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => {
    const [kind, ...others] = Object.keys(item) as TransactWrite['kind'][];
    const request = kind === undefined ? undefined : item[kind];
    if (kind === undefined || others.length > 0 || !(kind in operations) || !request) {
      throw validationException('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    if (kind === 'ConditionCheck' && request.ConditionExpression === undefined) {
      throw validationException('The parameter ConditionExpression is required for ConditionCheck');
    }
    return { kind, request };
  });
}

interface CheckedWrite {
  readonly write: TransactWrite;
  readonly data: CheckedRequest;
  readonly table: Table;
  readonly key: string;
}

/** The tokens of recent transactions, kept with the tables so that they outlive a killed process. */
interface TokenRecord {
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

function digestOf(input: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(input.TransactItems)).digest('hex');
}

async function checkWrites(engine: DynamoEngine, writes: readonly TransactWrite[]): Promise<CheckedWrite[]> {
  const checked: CheckedWrite[] = [];
  const seen = new Set<string>();
  for (const write of writes) {
    const { ReturnValuesOnConditionCheckFailure: _, ...request } = write.request;
    const data = engine.check(operations[write.kind], request);
    const table = await engine.table(String(request.TableName));
    const names = new Set(table.KeySchema.map((part) => part.AttributeName));
    const source = (data.Key ?? data.Item) as Item;
    const keyItem = Object.fromEntries(
      Object.entries(source).filter(([name]) => data.Key || names.has(name)),
    );
    const key = engine.itemKey(table, keyItem);
    const whole = `${table.TableName}~${key}`;
    if (seen.has(whole))
      throw validationException('Transaction request cannot include multiple operations on one item');
    seen.add(whole);
    checked.push({ write, data, table, key });
  }
  return checked;
}

async function apply(
  engine: DynamoEngine,
  overlay: OverlayStore,
  checked: CheckedWrite,
): Promise<CancellationReason> {
  const { write, data, table, key } = checked;
  const existing = overlay.item(table, key);
  const failed = asAwsError(checkConditional(data, existing) ?? undefined);
  if (failed instanceof AwsError) {
    const wanted = write.request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && existing;
    return { Code: 'ConditionalCheckFailed', Message: failed.message, ...(wanted ? { Item: existing } : {}) };
  }
  if (write.kind === 'ConditionCheck') return { Code: 'None' };
  try {
    await engine.run(operations[write.kind], data, overlay);
    return { Code: 'None' };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      Code: error.code === 'ValidationException' ? 'ValidationError' : error.code,
      Message: error.message,
    };
  }
}

/**
 * TransactWriteItems: every condition holds and every write happens, or none does.
 * @throws AwsError `TransactionCanceledException` with a reason an item, `IdempotentParameterMismatchException`,
 * `ValidationException`
 */
export async function transactWrite(
  engine: DynamoEngine,
  input: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<Record<string, unknown>> {
  const checked = await checkWrites(engine, readTransactItems(input));
  const token = typeof input.ClientRequestToken === 'string' ? input.ClientRequestToken : undefined;
  return engine.exclusively(async (overlay) => {
    const further: BatchOperation[] = [];
    if (token !== undefined) {
      const known = engine.database.getSync(tokenPrefix + token) as TokenRecord | undefined;
      if (known && now.getTime() - known.at < tokenMilliseconds) {
        if (known.digest === digestOf(input)) return {};
        throw new AwsError(
          'IdempotentParameterMismatchException',
          'The token was used with other parameters.',
          400,
        );
      }
      const record: TokenRecord = { digest: digestOf(input), at: now.getTime() };
      further.push({ type: 'put', key: tokenPrefix + token, value: record });
    }
    const reasons: CancellationReason[] = [];
    for (const write of checked) reasons.push(await apply(engine, overlay, write));
    if (reasons.some((reason) => reason.Code !== 'None')) throw transactionCancelled(reasons);
    await overlay.commit(further);
    return {};
  });
}

/** Removes the tokens that no longer mean anything. */
export async function forgetTokens(engine: DynamoEngine, now: Date): Promise<void> {
  const old: BatchOperation[] = [];
  for await (const [key, value] of engine.database.iterator({ gte: tokenPrefix, lt: `${tokenPrefix}~` })) {
    if (now.getTime() - (value as TokenRecord).at >= tokenMilliseconds) old.push({ type: 'del', key });
  }
  if (old.length > 0) await engine.database.batch(old);
}

/** TransactGetItems: all items as of one moment. */
export async function transactGet(
  engine: DynamoEngine,
  input: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const gets = readTransactGets(input).map((request) => engine.check('getItem', request));
  return engine.exclusively(async () => {
    const Responses = [];
    for (const data of gets) {
      const { Item: item } = await engine.run('getItem', data);
      Responses.push(item === undefined ? {} : { Item: item });
    }
    return { Responses };
  });
}

/** Reads `TransactItems` of TransactGetItems. Throws `ValidationException`. */
export function readTransactGets(
  input: Readonly<Record<string, unknown>>,
): readonly Record<string, unknown>[] {
  const items = input.TransactItems;
  if (!Array.isArray(items) || items.length < 1 || items.length > mostItems) {
    throw validationException(`TransactItems must have between 1 and ${mostItems} members`);
  }
  return items.map((item: Readonly<Record<string, Record<string, unknown>>>) => {
    if (!item.Get) throw validationException('TransactItems of TransactGetItems can only contain Get');
    return item.Get;
  });
}
