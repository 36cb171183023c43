import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { absent, DocumentTable } from '../../../lambda/platform/document-table';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';

const key = { pk: 'PROJECT#p-1', sk: 'PROJECT' };
const record = z.object({ title: z.string() });

/** A client whose first answers are that another transaction is in the way. */
function conflicting(conflicts: number) {
  const sent: string[] = [];
  const client = {
    send: async (command: object) => {
      sent.push(command.constructor.name);
      if (sent.length <= conflicts) throw new TransactionConflictException({ message: '', $metadata: {} });
      return {};
    },
  };
  return { table: new DocumentTable(client as unknown as DynamoDBDocumentClient, 'register'), sent };
}

describe('a transaction of one put', () => {
  let embedded: EmbeddedTable;

  beforeAll(async () => {
    embedded = await startEmbeddedTable();
  });

  afterAll(() => embedded.stop());

  it('writes once, and says that its condition did not hold the second time', async () => {
    const { table } = embedded;
    expect(await table.transact([{ put: { ...key, title: 'first' }, condition: absent }])).toEqual({
      committed: true,
    });
    expect(await table.transact([{ put: { ...key, title: 'second' }, condition: absent }])).toEqual({
      committed: false,
      failed: [0],
    });
    expect(await table.get(key, record)).toEqual({ title: 'first' });
  });

  it('is asked for as a plain put, again where another transaction is in the way', async () => {
    const { table, sent } = conflicting(2);
    expect(await table.transact([{ put: { ...key, title: 'first' } }])).toEqual({ committed: true });
    expect(sent).toEqual(['PutCommand', 'PutCommand', 'PutCommand']);
  });

  it('says that another transaction is in the way where it is told to', async () => {
    const { table, sent } = conflicting(1);
    expect(await table.transact([{ put: { ...key, title: 'first' } }], 'say-so')).toEqual({
      committed: false,
      failed: [],
    });
    expect(sent).toEqual(['PutCommand']);
  });

  it('gives up after eight conflicts', async () => {
    const { table, sent } = conflicting(8);
    await expect(table.transact([{ put: { ...key, title: 'first' } }])).rejects.toThrow(
      TransactionConflictException,
    );
    expect(sent).toHaveLength(8);
  });
});
