import type * as z from 'zod';

/**
 * Answers questions about the lake: Athena in AWS, DuckDB on the embedded platform and in tests. Texts are made by the
 * modules of `lambda/lake/sql` alone, inside what both engines accept.
 */
export interface QueryEngine {
  /**
   * The rows of a SELECT, each checked by `row`. Where files were replaced while they were read, it is asked again, a few times.
   * @throws Error where the engine refuses the text or gives up.
   */
  rows<Row>(select: string, row: z.ZodType<Row>): Promise<Row[]>;

  /**
   * Writes the rows of a SELECT as Parquet below a folder of the catalogue bucket, which must be empty. It is not asked again:
   * what has failed may have written.
   */
  unload(select: string, folder: string, partitions: readonly string[]): Promise<void>;
}
