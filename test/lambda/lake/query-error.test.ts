import { answerInTime } from '../../../lambda/lake/answer-in-time';
import { failureOf, QueryError, type QueryFailure } from '../../../lambda/lake/query-error';

const failed = (reason: string) => ({ State: 'FAILED', StateChangeReason: reason }) as const;
const split = 'Error opening Hive split s3://b/k.parquet (offset=0, length=9)';

it.each([
  [failed(`HIVE_CANNOT_OPEN_SPLIT: ${split}: The specified key does not exist.`), 'FILES_CHANGED'],
  [failed('HIVE_BAD_DATA: Not valid Parquet file: s3://b/k.parquet'), 'FILES_CHANGED'],
  [failed('GENERIC_INTERNAL_ERROR: (Status Code: 404; Error Code: NoSuchKey)'), 'FILES_CHANGED'],
  [failed(`HIVE_CANNOT_OPEN_SPLIT: ${split}: Access Denied (Status Code: 403)`), 'FAILED'],
  [failed("SYNTAX_ERROR: Column 'HIVE_BAD_DATA' cannot be resolved"), 'FAILED'],
  [failed('HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists'), 'FAILED'],
  [{ State: 'FAILED', AthenaError: { ErrorMessage: 'HIVE_CURSOR_ERROR: x' } }, 'FILES_CHANGED'],
  [{ State: 'CANCELLED', StateChangeReason: 'Query cancelled by user' }, 'CANCELLED'],
  [undefined, 'NO_EXECUTION'],
] as const)('reads %j as %s', (status, failure) => {
  expect(failureOf(status)).toBe(failure);
});

it.each([
  ['TIMED_OUT', 'CATALOGUE_BUSY'],
  ['FILES_CHANGED', 'CATALOGUE_BUSY'],
  ['FAILED', undefined],
  ['CANCELLED', undefined],
] as const)('tells a caller of %s as %s', async (reason: QueryFailure, code) => {
  const error: unknown = await answerInTime(Promise.reject(new QueryError(reason, 'q'))).catch(
    (each) => each,
  );
  expect((error as { code?: string }).code).toBe(code);
});
