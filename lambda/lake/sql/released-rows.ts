import type { Filter } from '../../cohorts/filter-tree.contract';
import { filterCondition } from './filter-condition';
import { stringList, stringLiteral } from './literals';

/** Which part of a release a question sees. */
export interface ReleaseScope {
  readonly release: string;
  readonly splits: readonly ('development' | 'held-out')[];
  /** Ids, or all that the release has. */
  readonly collections: readonly string[] | 'all';
}

/**
 * `FROM … WHERE …` of the rows of `released_series`, known as `r`, that a filter takes: without studies that were withdrawn
 * since the release, whatever else is asked.
 */
export function releasedRows(scope: ReleaseScope, filter: Filter): string {
  const collections =
    scope.collections === 'all' ? '' : ` AND r.collection IN ${stringList(scope.collections)}`;
  return `FROM released_series r
WHERE r.release = ${stringLiteral(scope.release)} AND r.split IN ${stringList(scope.splits)}${collections}
AND ${notWithdrawn('r')}
AND (${filterCondition(filter, 'r')})`;
}

/** That no tombstone stands for the study of a row. */
export const notWithdrawn = (row: string): string =>
  `NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.collection = ${row}.collection AND t.study_instance_uid = ${row}.study_instance_uid)`;
