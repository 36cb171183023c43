import type { Filter } from '../../cohorts/filter-tree.contract';
import { filterCondition } from './filter-condition';
import { stringList, stringLiteral } from './literals';

/** Which part of a release a question sees. */
export interface ReleaseScope {
  readonly release: string;
  readonly splits: readonly ('development' | 'held-out')[];
  /** Ids, or all that the release has. */
  readonly collections: readonly string[] | 'all';
  /** Of some of the collections these studies alone: UIDs of two thousand are half of what Athena takes as a text. */
  readonly listed?: { readonly collections: readonly string[]; readonly studies: readonly string[] };
}

/**
 * `FROM … WHERE …` of the rows of `released_series`, known as `r`, that a filter takes: without studies that were withdrawn
 * since the release, whatever else is asked.
 */
export const releasedRows = (scope: ReleaseScope, filter: Filter): string =>
  `FROM released_series r
WHERE ${releaseCondition(scope)}
AND ${notWithdrawn('r')}
AND (${filterCondition(filter, 'r')})`;

/** That a row `r` is of this part of the release. */
export function releaseCondition({ release, splits, collections, listed }: ReleaseScope): string {
  const within = collections === 'all' ? '' : ` AND r.collection IN ${stringList(collections)}`;
  const among =
    listed === undefined
      ? ''
      : ` AND (r.collection NOT IN ${stringList(listed.collections)} OR r.study_instance_uid IN ${stringList(listed.studies)})`;
  return `r.release = ${stringLiteral(release)} AND r.split IN ${stringList(splits)}${within}${among}`;
}

/** That no tombstone stands for the study of a row. */
export const notWithdrawn = (row: string): string =>
  `NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.collection = ${row}.collection AND t.study_instance_uid = ${row}.study_instance_uid)`;
