import * as z from 'zod';
import type { ItemKey } from '../platform/document-table';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { RegisterTable } from './register-table';

/** One page of the pointers in a partition, newest first, and the records they point to. */
export async function listPointedTo<Schema extends z.ZodType>(
  table: RegisterTable,
  range: { pk: string; skPrefix: string; limit: number; next?: string },
  keyOf: (id: string) => ItemKey,
  schema: Schema,
): Promise<{ records: z.infer<Schema>[]; next: string | undefined }> {
  const { pk, skPrefix, limit } = range;
  // A page token holds the sort key only: the partition follows from who asks. DynamoDB fails at one from elsewhere.
  const position = z.object({ sk: z.string().startsWith(skPrefix).max(200) });
  const after = range.next === undefined ? undefined : { pk, sk: decodePageToken(range.next, position).sk };
  const page = await table.query(
    { pk, skPrefix, limit, descending: true, ...(after ? { after } : {}) },
    z.object({ sk: z.string() }),
  );
  const ids = page.items.map((item) => item.sk.slice(skPrefix.length));
  const found = await table.getMany(ids.map(keyOf), z.object({ pk: z.string() }).loose());
  const byPartition = new Map(found.map((item) => [item.pk, item]));
  return {
    records: ids.flatMap((id) => {
      const item = byPartition.get(keyOf(id).pk);
      return item === undefined ? [] : [schema.parse(item)];
    }),
    next: page.next === null ? undefined : encodePageToken({ sk: page.next.sk }),
  };
}
