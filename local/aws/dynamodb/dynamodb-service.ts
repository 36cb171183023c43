import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Item, Table } from 'dynalite/db';
import { AwsError, type AwsService, type Caller, type Clock, type SignedRequest } from '../service';
import { authoriseTable, leadingKeysOfItems, leadingKeysOfQuery } from './authorisation';
import { validationException } from './dynamodb-error';
import { type CheckedRequest, DynamoEngine, type EngineOperation } from './engine';
import { ensureTable, sweepExpired, type TableDeclaration } from './tables';
import {
  forgetTokens,
  readTransactGets,
  readTransactItems,
  transactGet,
  transactWrite,
} from './transactions';

type Input = Readonly<Record<string, unknown>>;
type Output = Record<string, unknown>;

/** How often expired items are deleted. AWS takes up to some days; nobody may rely on the moment. */
const sweepMilliseconds = 60_000;

const permissionOfTransactItem = {
  ConditionCheck: 'ConditionCheckItem',
  Put: 'PutItem',
  Delete: 'DeleteItem',
  Update: 'UpdateItem',
} as const;

export interface DynamoDbOptions {
  /** Folder of the database. */
  readonly folder: string;
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
}

/**
 * DynamoDB: dynalite in process, with the caller's permissions, transactions, time to live and
 * `ReturnValuesOnConditionCheckFailure` around it.
 */
export class DynamoDbService implements AwsService {
  readonly signingName = 'dynamodb';
  private readonly engine: DynamoEngine;
  private readonly expiring = new Map<string, string>();
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly options: DynamoDbOptions) {
    this.engine = new DynamoEngine(options.folder, options.accountId, options.region);
    this.timer = setInterval(() => void this.sweepExpired(), sweepMilliseconds);
    this.timer.unref();
  }

  /** Opens the database. Throws where another process holds it. */
  static async open(options: DynamoDbOptions): Promise<DynamoDbService> {
    const service = new DynamoDbService(options);
    await service.engine.open();
    await forgetTokens(service.engine, options.clock.now());
    return service;
  }

  /** Makes a declared table unless it is there; returns its ARN. */
  async ensureTable(declaration: TableDeclaration): Promise<string> {
    await ensureTable(this.engine, declaration);
    if (declaration.timeToLiveAttribute === undefined) this.expiring.delete(declaration.name);
    else this.expiring.set(declaration.name, declaration.timeToLiveAttribute);
    return this.tableArn(declaration.name);
  }

  /** Deletes what has expired in every table with a time to live. Returns the number of items. */
  async sweepExpired(): Promise<number> {
    let deleted = 0;
    for (const [name, attribute] of this.expiring) {
      deleted += await sweepExpired(this.engine, name, attribute, this.options.clock.now());
    }
    return deleted;
  }

  /** Every item of a table, for the status page: read in process, on nobody's behalf. */
  async *items(tableName: string): AsyncGenerator<Readonly<Record<string, { readonly S?: string }>>> {
    const prefix = `item-${tableName}~`;
    for await (const [, value] of this.engine.database.iterator({ gte: prefix, lt: `${prefix}\xff` })) {
      yield value as Readonly<Record<string, { readonly S?: string }>>;
    }
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    try {
      const body = (await buffer(request.body)).toString('utf8');
      send(response, 200, request.requestId, await this.execute(request.caller, operation, parseBody(body)));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const code = error.code === 'AccessDenied' ? 'AccessDeniedException' : error.code;
      const type = `com.amazonaws.dynamodb.v20120810#${code}`;
      const status = code === 'AccessDeniedException' ? 400 : error.statusCode;
      send(response, status, request.requestId, { __type: type, message: error.message, ...error.details });
    }
  }

  /**
   * Performs one operation of the API, by its name as in `X-Amz-Target`.
   * @throws AwsError as DynamoDB words it
   */
  async execute(caller: Caller, operation: string, request: Input): Promise<Output> {
    const input = withTableName(request);
    switch (operation) {
      case 'GetItem':
        return this.readItem(caller, input);
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return this.writeItem(caller, operation, input);
      case 'Query':
      case 'Scan':
        return this.readMany(caller, operation, input);
      case 'BatchGetItem':
      case 'BatchWriteItem':
        return this.batch(caller, operation, input);
      case 'TransactWriteItems':
        return this.transactWrite(caller, input);
      case 'TransactGetItems':
        return this.transactGet(caller, input);
      case 'DescribeTable':
        this.authorise(caller, operation, String(input.TableName));
        return this.engine.run('describeTable', this.engine.check('describeTable', input));
      case 'DescribeTimeToLive':
        this.authorise(caller, operation, String(input.TableName));
        return { TimeToLiveDescription: this.describeTimeToLive(String(input.TableName)) };
      default:
        throw new AwsError(
          'UnknownOperationException',
          `The embedded platform does not serve DynamoDB ${operation}.`,
          400,
        );
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.engine.close();
  }

  private tableArn(name: string): string {
    return `arn:aws:dynamodb:${this.options.region}:${this.options.accountId}:table/${name}`;
  }

  private authorise(
    caller: Caller,
    action: string,
    tableName: string,
    context = {},
    indexName?: unknown,
  ): void {
    authoriseTable(caller, action, this.tableArn(tableName), indexName, context);
  }

  private async authoriseItems(
    caller: Caller,
    action: string,
    name: string,
    items: readonly Item[],
  ): Promise<void> {
    // Permission comes before existence: an unknown table must not be told apart from a forbidden one.
    const table = await this.engine.table(name).catch(() => undefined);
    this.authorise(caller, action, name, table ? leadingKeysOfItems(table, items) : {});
  }

  private async readItem(caller: Caller, input: Input): Promise<Output> {
    const data = this.engine.check('getItem', input);
    await this.authoriseItems(caller, 'GetItem', String(data.TableName), [data.Key as Item]);
    return this.engine.run('getItem', data);
  }

  private async writeItem(caller: Caller, operation: string, input: Input): Promise<Output> {
    const { ReturnValuesOnConditionCheckFailure: wanted, ...request } = input;
    const name = (operation[0]?.toLowerCase() + operation.slice(1)) as EngineOperation;
    const data = this.engine.check(name, request);
    await this.authoriseItems(caller, operation, String(data.TableName), [(data.Item ?? data.Key) as Item]);
    return this.engine.exclusively(async (overlay) => {
      try {
        const result = await this.engine.run(name, data, overlay);
        await overlay.commit();
        return result;
      } catch (error) {
        if (
          !(error instanceof AwsError) ||
          error.code !== 'ConditionalCheckFailedException' ||
          wanted !== 'ALL_OLD'
        ) {
          throw error;
        }
        const table = await this.engine.table(String(data.TableName));
        const item = overlay.item(table, this.keyOf(table, data));
        throw new AwsError(error.code, error.message, error.statusCode, item ? { Item: item } : {});
      }
    });
  }

  private keyOf(table: Table, data: CheckedRequest): string {
    const source = (data.Key ?? data.Item) as Item;
    const names = table.KeySchema.map((part) => part.AttributeName);
    return this.engine.itemKey(
      table,
      Object.fromEntries(names.flatMap((name) => (source[name] ? [[name, source[name]]] : []))),
    );
  }

  private async readMany(caller: Caller, operation: 'Query' | 'Scan', input: Input): Promise<Output> {
    const name = operation === 'Query' ? 'query' : 'scan';
    const data = this.engine.check(name, input);
    const tableName = String(data.TableName);
    const table = await this.engine.table(tableName).catch(() => undefined);
    const context = table && operation === 'Query' ? leadingKeysOfQuery(table, data) : {};
    this.authorise(caller, operation, tableName, context, data.IndexName);
    return this.engine.run(name, data);
  }

  private async batch(
    caller: Caller,
    operation: 'BatchGetItem' | 'BatchWriteItem',
    input: Input,
  ): Promise<Output> {
    const name = operation === 'BatchGetItem' ? 'batchGetItem' : 'batchWriteItem';
    const data = this.engine.check(name, input);
    for (const [tableName, wanted] of Object.entries(data.RequestItems as Record<string, unknown>)) {
      await this.authoriseItems(caller, operation, tableName, itemsOfBatch(wanted));
    }
    if (name === 'batchGetItem') return this.engine.run(name, data);
    return this.engine.exclusively(async (overlay) => {
      const result = await this.engine.run(name, data, overlay);
      await overlay.commit();
      return result;
    });
  }

  private async transactWrite(caller: Caller, input: Input): Promise<Output> {
    for (const { kind, request } of readTransactItems(input)) {
      const item = (request.Item ?? request.Key ?? {}) as Item;
      await this.authoriseItems(caller, permissionOfTransactItem[kind], String(request.TableName), [item]);
    }
    return transactWrite(this.engine, input, this.options.clock.now());
  }

  private async transactGet(caller: Caller, input: Input): Promise<Output> {
    for (const request of readTransactGets(input)) {
      await this.authoriseItems(caller, 'GetItem', String(request.TableName), [(request.Key ?? {}) as Item]);
    }
    return transactGet(this.engine, input);
  }

  private describeTimeToLive(tableName: string): Output {
    const attribute = this.expiring.get(tableName);
    return attribute === undefined
      ? { TimeToLiveStatus: 'DISABLED' }
      : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute };
  }
}

function itemsOfBatch(wanted: unknown): readonly Item[] {
  if (!Array.isArray(wanted)) return (wanted as { Keys: Item[] }).Keys;
  return wanted.map((write) => (write.PutRequest?.Item ?? write.DeleteRequest?.Key ?? {}) as Item);
}

/** A table may be named by its ARN. */
function withTableName(request: Input): Input {
  const name = request.TableName;
  return typeof name === 'string' && name.startsWith('arn:')
    ? { ...request, TableName: name.split('/')[1] }
    : request;
}

function parseBody(body: string): Input {
  try {
    return JSON.parse(body) as Input;
  } catch {
    throw validationException('The request is not JSON.');
  }
}

function send(response: ServerResponse, status: number, requestId: string, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
