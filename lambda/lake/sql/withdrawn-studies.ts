import * as z from 'zod';
import { stringList } from './literals';

export const withdrawnUidRow = z.object({ study_instance_uid: z.string() });

/** The studies of some collections that were ever withdrawn. */
export const withdrawnUidsSelect = (collections: readonly string[]): string =>
  `SELECT DISTINCT t.study_instance_uid
FROM tombstones t
WHERE t.collection IN ${stringList(collections)}`;
