import type { Table } from 'dynalite/db';
import { z } from 'zod';
import type { DynamoEngine } from './engine';

const keySchema = z.array(z.looseObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

/** A table as its template declares it. */
export const tableDeclaration = z.object({
  name: z.string(),
  keySchema,
  attributeDefinitions: z.array(
    z.looseObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  globalSecondaryIndexes: z
    .array(
      z.looseObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.looseObject({ ProjectionType: z.string() }),
      }),
    )
    .default([]),
  /** Attribute that holds the second since 1970 after which an item expires. */
  timeToLiveAttribute: z.string().optional(),
});

export type TableDeclaration = z.infer<typeof tableDeclaration>;

function shapeOf(keys: unknown, indexes: unknown): string {
  return JSON.stringify([keySchema.parse(keys), indexes ?? []]);
}

function sameShape(table: Table, declaration: TableDeclaration): boolean {
  const ofIndexes = (
    indexes: readonly { IndexName: string; KeySchema: unknown; Projection: unknown }[],
  ): unknown =>
    indexes
      .map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }))
      .sort((a, b) => (a.IndexName < b.IndexName ? -1 : 1));
  return (
    shapeOf(table.KeySchema, ofIndexes(table.GlobalSecondaryIndexes ?? [])) ===
    shapeOf(declaration.keySchema, ofIndexes(declaration.globalSecondaryIndexes))
  );
}

/**
 * Makes the table unless it is there; its items stay.
 * @throws Error where the table is there with other keys or indexes, which only an empty data folder can change
 */
export async function ensureTable(engine: DynamoEngine, declaration: TableDeclaration): Promise<void> {
  const existing = await engine.table(declaration.name).catch(() => undefined);
  if (existing && !sameShape(existing, declaration)) {
    throw new Error(
      `Table ${declaration.name} stands in the data folder with other keys or indexes; start with --fresh to make it anew.`,
    );
  }
  if (!existing) {
    const indexes = declaration.globalSecondaryIndexes;
    const data = engine.check('createTable', {
      TableName: declaration.name,
      KeySchema: declaration.keySchema,
      AttributeDefinitions: declaration.attributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
    });
    await engine.run('createTable', data);
  }
  // dynalite makes a new table active by a timer; a process killed before it would leave the table unusable.
  const table = await engine.table(declaration.name);
  const active: Table = {
    ...table,
    TableStatus: 'ACTIVE',
    ...(table.GlobalSecondaryIndexes
      ? {
          GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => ({
            ...index,
            IndexStatus: 'ACTIVE',
          })),
        }
      : {}),
  };
  await engine.database.batch([{ type: 'put', key: `table~${declaration.name}`, value: active }]);
  engine.remember(active);
}

/** Deletes the items of a table that have expired. Returns their number. */
export function sweepExpired(
  engine: DynamoEngine,
  tableName: string,
  attribute: string,
  now: Date,
): Promise<number> {
  return engine.exclusively(async (overlay) => {
    const second = Math.floor(now.getTime() / 1000);
    const prefix = `item-${tableName}~`;
    let deleted = 0;
    const table = await engine.table(tableName);
    const keys = table.KeySchema.map((part) => part.AttributeName);
    for await (const [, value] of engine.database.iterator({ gte: prefix, lt: `${prefix}\xff` })) {
      const item = value as Record<string, { N?: string }>;
      const expires = Number(item[attribute]?.N);
      // DynamoDB leaves alone what is not a number of seconds.
      if (!(expires > 0 && expires < second)) continue;
      const Key = Object.fromEntries(keys.map((name) => [name, item[name]]));
      await engine.run('deleteItem', { TableName: tableName, Key }, overlay);
      deleted += 1;
    }
    await overlay.commit();
    return deleted;
  });
}
