import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DynamoEngine } from '../../../../local/aws/dynamodb/engine';

const TableName = 'ledger';
const table = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};
const item = { pk: { S: 'A' } };
const query = {
  TableName,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': item.pk },
};

describe('closing the database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-dynamodb-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('waits for what is under way, and begins nothing more', async () => {
    const engine = new DynamoEngine(folder, '000000000000', 'eu-west-2');
    await engine.open();
    await engine.run('createTable', engine.check('createTable', table));
    // Made in a later turn.
    while ((await engine.table(TableName)).TableStatus !== 'ACTIVE') await nextTurn();
    await engine.run('putItem', engine.check('putItem', { TableName, Item: item }));
    const asked = engine.check('query', query);
    const underWay = Array.from({ length: 20 }, () => engine.run('query', asked));
    await engine.close();
    for (const answer of await Promise.all(underWay)) expect(answer).toMatchObject({ Items: [item] });
    await expect(engine.run('query', asked)).rejects.toMatchObject({ code: 'InternalServerError' });
  });
});

describe('a condition that was parsed before', () => {
  let folder: string;
  let engine: DynamoEngine;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nmip-dynamodb-'));
    engine = new DynamoEngine(folder, '000000000000', 'eu-west-2');
    await engine.open();
  });
  afterEach(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  const condition = {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
  };
  const put = (values: Record<string, { N: string }>) =>
    engine.check('putItem', { TableName, Item: item, ...condition, ExpressionAttributeValues: values });

  it('has the values of its own request', () => {
    for (const N of ['1', '2', '1', '2'])
      expect(put({ ':version': { N } })._condition).toMatchObject({
        expression: { type: '=', args: [['version'], { N }] },
      });
  });

  it('does not hide a value that is used nowhere', () => {
    put({ ':version': { N: '1' } });
    for (let time = 0; time < 2; time += 1)
      expect(() => put({ ':version': { N: '1' }, ':other': { N: '2' } })).toThrow('unused in expressions');
  });

  it('counts what it uses, though an update of the same request used it first', () => {
    const ExpressionAttributeValues = { ':version': { N: '7' } };
    const update = { UpdateExpression: 'SET #version = :version', ...condition, ExpressionAttributeValues };
    engine.check('updateItem', { TableName, Key: item, ...update });
    expect(() => put(ExpressionAttributeValues)).not.toThrow();
  });

  it('is refused each time where it does not parse', () => {
    for (let time = 0; time < 2; time += 1)
      expect(() =>
        engine.check('putItem', { TableName, Item: item, ConditionExpression: 'version =' }),
      ).toThrow('Syntax error');
  });
});
