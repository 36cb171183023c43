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
