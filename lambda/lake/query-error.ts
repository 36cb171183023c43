import type { QueryExecutionStatus } from '@aws-sdk/client-athena';

/**
 * Why a question has no answer. `FILES_CHANGED`: a file that was listed when the question began could not be read any more,
 * since a withdrawal or a compaction has replaced it; asked again, the question sees the files of now.
 */
export type QueryFailure =
  | 'FAILED'
  | 'CANCELLED'
  | 'TIMED_OUT'
  | 'NO_EXECUTION'
  | 'NO_RESULT'
  | 'FILES_CHANGED';

/** Raised where Athena gave no answer. Neither the text of the query nor Athena's words, which may quote values of it. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  constructor(
    readonly reason: QueryFailure,
    readonly executionId: string,
    /** Athena's number of the kind of failure; null where it gave none. */
    readonly errorType: number | null = null,
  ) {
    super(`query ${executionId} ended as ${reason}${errorType === null ? '' : ` (${errorType})`}`);
  }
}

/**
 * Codes with which Athena's words begin where a split cannot be read. A file that has gone cannot be opened; one that was
 * written anew in its place is shorter than it was listed, so that its footer is not where it is looked for, or what follows
 * is no page.
 */
const unreadable =
  /^(HIVE_CANNOT_OPEN_SPLIT|HIVE_CURSOR_ERROR|HIVE_BAD_DATA|HIVE_FILE_NOT_FOUND|HIVE_FILESYSTEM_ERROR)\b/;

const gone = /\bNoSuchKey\b|\bInvalidRange\b|specified key does not exist/i;

/** Who may not read gets the same codes, and no other answer by asking again. */
const refused = /access ?denied|\bforbidden\b|status code: 403/i;

/** What an execution that did not succeed came to. */
export function failureOf(status: QueryExecutionStatus | undefined): QueryFailure {
  if (status?.State === undefined) return 'NO_EXECUTION';
  if (status.State === 'CANCELLED') return 'CANCELLED';
  const words = status.StateChangeReason ?? status.AthenaError?.ErrorMessage ?? '';
  return (unreadable.test(words) || gone.test(words)) && !refused.test(words) ? 'FILES_CHANGED' : 'FAILED';
}
