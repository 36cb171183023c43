import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { DynamoDbService } from '../../../../local/aws/dynamodb/dynamodb-service';
import { AwsError, type Caller, type ConditionContext } from '../../../../local/aws/service';

const asked: { action: string; resource: string; context: ConditionContext | undefined }[] = [];
let forbidden: string | undefined;
const caller: Caller = {
  principalArn: 'arn:aws:sts::000000000000:assumed-role/test/session',
  accountId: '000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/test',
  sessionTags: {},
  authorise: (action, resource, context) => {
    asked.push({ action, resource, context });
    if (action === forbidden) throw new AwsError('AccessDenied', `not authorised to perform ${action}`, 403);
  },
};

const TableName = 'ledger';
const tableArn = 'arn:aws:dynamodb:eu-west-2:000000000000:table/ledger';

describe('DynamoDbService', () => {
  let folder: string;
  let service: DynamoDbService;
  let server: Server;
  let raw: DynamoDBClient;
  let client: DynamoDBDocumentClient;
  let now = new Date('2026-11-23T12:00:00Z');

  const open = async (): Promise<void> => {
    service = await DynamoDbService.open({
      folder: join(folder, 'dynamodb'),
      accountId: '000000000000',
      region: 'eu-west-2',
      clock: { now: () => now },
    });
    await service.ensureTable({
      name: TableName,
      keySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      attributeDefinitions: ['pk', 'sk', 'state'].map((name) => ({
        AttributeName: name,
        AttributeType: 'S' as const,
      })),
      globalSecondaryIndexes: [
        {
          IndexName: 'by-state',
          KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      timeToLiveAttribute: 'expires',
    });
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dynamodb-'));
    asked.length = 0;
    forbidden = undefined;
    now = new Date('2026-11-23T12:00:00Z');
    await open();
    server = createServer((request, response) => {
      void service.handle(
        {
          method: 'POST',
          rawPath: '/',
          query: new URLSearchParams(),
          headers: request.headers,
          body: request,
          caller,
          requestId: 'test',
        },
        response,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    raw = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-west-2',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    client = DynamoDBDocumentClient.from(raw);
  });

  afterEach(async () => {
    raw.destroy();
    server.closeAllConnections();
    server.close();
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (pk: string, sk: string, more = {}) =>
    client.send(new PutCommand({ TableName, Item: { pk, sk, ...more } }));
  const get = async (pk: string, sk: string) =>
    (await client.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }))).Item;

  it('keeps items when it is opened again', async () => {
    await put('a', '1', { state: 'open' });
    await service.close();
    await open();
    expect(await get('a', '1')).toEqual({ pk: 'a', sk: '1', state: 'open' });
  });

  it('asks for the action on the table with the leading key', async () => {
    await put('a', '1');
    await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk and begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': 'a', ':sk': '1' },
      }),
    );
    await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-state',
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': 'open' },
      }),
    );
    expect(asked).toEqual([
      { action: 'dynamodb:PutItem', resource: tableArn, context: { 'dynamodb:LeadingKeys': ['a'] } },
      { action: 'dynamodb:Query', resource: tableArn, context: { 'dynamodb:LeadingKeys': ['a'] } },
      {
        action: 'dynamodb:Query',
        resource: `${tableArn}/index/by-state`,
        context: { 'dynamodb:LeadingKeys': ['open'] },
      },
    ]);
  });

  it('refuses what the caller may not do, in words the SDK knows', async () => {
    forbidden = 'dynamodb:PutItem';
    await expect(put('a', '1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await get('a', '1')).toBeUndefined();
  });

  it('asks for each kind of write in a transaction', async () => {
    forbidden = 'dynamodb:ConditionCheckItem';
    const items = [
      { Put: { TableName, Item: { pk: 'a', sk: '1' } } },
      {
        ConditionCheck: { TableName, Key: { pk: 'b', sk: '1' }, ConditionExpression: 'attribute_exists(pk)' },
      },
    ];
    await expect(client.send(new TransactWriteCommand({ TransactItems: items }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(asked.map(({ action }) => action)).toEqual(['dynamodb:PutItem', 'dynamodb:ConditionCheckItem']);
  });

  it('gives the item back whose condition failed, when asked', async () => {
    await put('a', '1', { version: 3 });
    const condition = { TableName, ConditionExpression: 'attribute_not_exists(pk)' };
    const command = new PutItemCommand({
      ...condition,
      Item: { pk: { S: 'a' }, sk: { S: '1' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(raw.send(command)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { version: { N: '3' } },
    });
    const update = new UpdateCommand({
      TableName,
      Key: { pk: 'a', sk: '1' },
      UpdateExpression: 'SET version = :next',
      ConditionExpression: 'version = :seen',
      ExpressionAttributeValues: { ':next': 4, ':seen': 2 },
    });
    const error = await client.send(update).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(error).not.toHaveProperty('Item.version');
  });

  it('performs a transaction of all four kinds, and its index entries', async () => {
    await put('gone', '1');
    await put('there', '1');
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: 'new', sk: '1', state: 'open' } } },
          { Delete: { TableName, Key: { pk: 'gone', sk: '1' } } },
          {
            Update: {
              TableName,
              Key: { pk: 'count', sk: '1' },
              UpdateExpression: 'ADD files :n',
              ExpressionAttributeValues: { ':n': 2 },
            },
          },
          {
            ConditionCheck: {
              TableName,
              Key: { pk: 'there', sk: '1' },
              ConditionExpression: 'attribute_exists(pk)',
            },
          },
        ],
      }),
    );
    expect(await get('gone', '1')).toBeUndefined();
    expect(await get('count', '1')).toEqual({ pk: 'count', sk: '1', files: 2 });
    const byState = new QueryCommand({
      TableName,
      IndexName: 'by-state',
      KeyConditionExpression: '#s = :s',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':s': 'open' },
    });
    expect((await client.send(byState)).Items).toEqual([{ pk: 'new', sk: '1', state: 'open' }]);
  });

  it('writes nothing of a transaction when one condition fails, and says which', async () => {
    await put('b', '1', { version: 1 });
    const command = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item: { pk: { S: 'a' }, sk: { S: '1' } } } },
        {
          Put: {
            TableName,
            Item: { pk: { S: 'b' }, sk: { S: '1' } },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    });
    const error = (await raw
      .send(command)
      .catch((thrown: unknown) => thrown)) as TransactionCanceledException;
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect(error.message).toContain('[None, ConditionalCheckFailed]');
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { pk: { S: 'b' }, sk: { S: '1' }, version: { N: '1' } },
      },
    ]);
    expect(await get('a', '1')).toBeUndefined();
  });

  it('does a transaction with the same token once, and refuses the token with other items', async () => {
    const command = (files: number) =>
      new TransactWriteCommand({
        ClientRequestToken: 'token-1',
        TransactItems: [
          {
            Update: {
              TableName,
              Key: { pk: 'count', sk: '1' },
              UpdateExpression: 'ADD files :n',
              ExpressionAttributeValues: { ':n': files },
            },
          },
        ],
      });
    await client.send(command(5));
    await service.close();
    await open();
    await client.send(command(5));
    expect(await get('count', '1')).toMatchObject({ files: 5 });
    await expect(client.send(command(6))).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    now = new Date(now.getTime() + 600_000);
    await client.send(command(6));
    expect(await get('count', '1')).toMatchObject({ files: 11 });
  });

  it('refuses a transaction that names an item twice, is empty or has more than 100 items', async () => {
    const twice = [1, 2].map((n) => ({ Put: { TableName, Item: { pk: 'a', sk: '1', n } } }));
    const many = Array.from({ length: 101 }, (_, n) => ({
      Put: { TableName, Item: { pk: 'a', sk: String(n) } },
    }));
    for (const TransactItems of [twice, [], many]) {
      await expect(client.send(new TransactWriteCommand({ TransactItems }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    }
  });

  it('reads the items of a transaction in order, with a gap for what is not there', async () => {
    await put('a', '1');
    const TransactItems = ['b', 'a'].map((pk) => ({ Get: { TableName, Key: { pk, sk: '1' } } }));
    const { Responses } = await client.send(new TransactGetCommand({ TransactItems }));
    expect(Responses).toEqual([{}, { Item: { pk: 'a', sk: '1' } }]);
  });

  it('counts right under concurrent conditional writes', async () => {
    await put('n', '1', { version: 0 });
    const bump = async (): Promise<boolean> => {
      const seen = (await get('n', '1'))?.version as number;
      const update = new UpdateCommand({
        TableName,
        Key: { pk: 'n', sk: '1' },
        UpdateExpression: 'SET version = :next',
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':next': seen + 1, ':seen': seen },
      });
      return client.send(update).then(
        () => true,
        () => false,
      );
    };
    const won = (await Promise.all(Array.from({ length: 20 }, bump))).filter(Boolean).length;
    expect((await get('n', '1'))?.version).toBe(won);
  });

  it('holds: after any transactions, the table is what those that passed wrote', async () => {
    const step = fc.record({
      keys: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const model = new Set<number>();
        for (const key of [0, 1, 2, 3, 4])
          await client.send(new DeleteCommand({ TableName, Key: { pk: 'p', sk: `${key}` } }));
        for (const { keys } of steps) {
          const TransactItems = keys.map((key) => ({
            Put: {
              TableName,
              Item: { pk: 'p', sk: `${key}` },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          }));
          const passed = await client.send(new TransactWriteCommand({ TransactItems })).then(
            () => true,
            () => false,
          );
          expect(passed).toBe(keys.every((key) => !model.has(key)));
          if (passed) for (const key of keys) model.add(key);
        }
        for (const key of [0, 1, 2, 3, 4])
          expect((await get('p', `${key}`)) !== undefined).toBe(model.has(key));
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it('deletes what has expired, and only that', async () => {
    const second = now.getTime() / 1000;
    const requests = [
      { pk: 'old', sk: '1', expires: second - 1, state: 'open' },
      { pk: 'new', sk: '1', expires: second + 1 },
      { pk: 'text', sk: '1', expires: 'never' },
    ].map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    expect(await service.sweepExpired()).toBe(1);
    expect(await get('old', '1')).toBeUndefined();
    expect(await get('new', '1')).toBeDefined();
  });

  it('refuses an operation it does not serve, by name', async () => {
    await expect(service.execute(caller, 'ExecuteStatement', {})).rejects.toThrow('ExecuteStatement');
  });

  it('refuses a table that is there with other keys', async () => {
    const declaration = {
      name: TableName,
      keySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
      attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
      globalSecondaryIndexes: [],
    };
    await expect(service.ensureTable(declaration)).rejects.toThrow('--fresh');
  });

  it('answers for a table that is not there', async () => {
    const command = new GetItemCommand({ TableName: 'nowhere', Key: { pk: { S: 'a' } } });
    await expect(raw.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
