import * as z from 'zod';
import { collectionId } from '../platform/configuration.contract';

/**
 * Files of single submissions in a partition from which it is compacted within the hour. A question over 1,000 of them takes
 * 0.5 s where one over a single file takes 0.1 s, over 5,000 some 2 s (adr/0037).
 */
export const crowdedFiles = 500;

/** What `lake/compact-lake` is asked for; a schedule's event says none of it, and means everything. */
export const compactLakeRequest = z.object({
  /** Those that somebody names, or all. */
  collections: z.array(collectionId).optional(),
  /** Leaves out partitions with fewer files of single submissions. */
  leastAdded: z.number().int().min(0).default(0),
});
