import { setTimeout as pause } from 'node:timers/promises';
import {
  type AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  type Row,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type * as z from 'zod';
import type { ObjectStore } from '../platform/object-store';
import { placeOfUri } from '../platform/s3-uri';
import type { QueryEngine } from './query-engine';
import { failureOf, QueryError } from './query-error';
import { readResultFile } from './read-result-file';
import { type ResultColumn, resultColumn, typedRow } from './result-values';
import { unloadStatement } from './sql/unload';

export interface AthenaSettings {
  readonly workGroup: string;
  readonly database: string;
  readonly catalogueBucket: string;
  /** When to give up and stop the query. */
  readonly limitMilliseconds: number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** The first answers of small queries come within half a second; a long one is asked after every two seconds. */
const firstWaitMilliseconds = 100;
const longestWaitMilliseconds = 2_000;
const waitGrowth = 1.5;

/** Rows of a page of GetQueryResults, the service's limit; the first row holds the names of columns. */
const pageRows = 1_000;

/**
 * A withdrawal deletes files of one partition after another, and of a collection there are four in which it does (two tables,
 * two splits): a question that meets it in each is answered at the fifth time.
 */
const mostAttempts = 5;

const catalog = 'AwsDataCatalog';

/** Athena over the tables of Glue. What it finds is read by page where it is short, else from the file of results. */
export class AthenaQueryEngine implements QueryEngine {
  constructor(
    private readonly athena: AthenaClient,
    private readonly objects: Pick<ObjectStore, 'readStream'>,
    private readonly settings: AthenaSettings,
  ) {}

  async rows<Answer>(select: string, row: z.ZodType<Answer>): Promise<Answer[]> {
    const execution = await this.askAgain(select);
    const page = await this.athena.send(
      new GetQueryResultsCommand({ QueryExecutionId: execution.QueryExecutionId, MaxResults: pageRows }),
    );
    const columns = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map((each: ColumnInfo) =>
      resultColumn(each.Name, each.Type),
    );
    if (page.NextToken !== undefined) return this.rowsOfFile(execution, columns, row);
    const [, ...rows] = page.ResultSet?.Rows ?? [];
    return rows.map((each: Row) =>
      row.parse(
        typedRow(
          columns,
          (each.Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null),
        ),
      ),
    );
  }

  async unload(select: string, folder: string, partitions: readonly string[]): Promise<void> {
    const { catalogueBucket, limitMilliseconds } = this.settings;
    const statement = unloadStatement(select, `s3://${catalogueBucket}/${folder}`, partitions);
    await this.run(statement, { milliseconds: limitMilliseconds });
  }

  private async rowsOfFile<Answer>(
    execution: QueryExecution,
    columns: readonly ResultColumn[],
    row: z.ZodType<Answer>,
  ): Promise<Answer[]> {
    const place = placeOfUri(execution.ResultConfiguration?.OutputLocation ?? '');
    const file = await this.objects.readStream(place);
    if (file === null) throw new QueryError('NO_RESULT', execution.QueryExecutionId ?? '');
    const answers: Answer[] = [];
    for await (const values of readResultFile(file)) answers.push(row.parse(typedRow(columns, values)));
    return answers;
  }

  /** Asks a SELECT, and again while files are replaced under it; in all within the limit. */
  private async askAgain(select: string): Promise<QueryExecution> {
    const left = { milliseconds: this.settings.limitMilliseconds };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.run(select, left);
      } catch (error) {
        const isAskedAgain = error instanceof QueryError && error.reason === 'FILES_CHANGED';
        if (!isAskedAgain || attempt === mostAttempts) throw error;
      }
    }
  }

  /** @param left time to wait, of which is taken what was waited */
  private async run(statement: string, left: { milliseconds: number }): Promise<QueryExecution> {
    const { workGroup, database, sleep = pause } = this.settings;
    const started = await this.athena.send(
      new StartQueryExecutionCommand({
        QueryString: statement,
        WorkGroup: workGroup,
        QueryExecutionContext: { Catalog: catalog, Database: database },
      }),
    );
    const id = started.QueryExecutionId ?? '';
    let wait = firstWaitMilliseconds;
    for (; ; wait = Math.min(longestWaitMilliseconds, wait * waitGrowth)) {
      const { QueryExecution: execution } = await this.athena.send(
        new GetQueryExecutionCommand({ QueryExecutionId: id }),
      );
      const state = execution?.Status?.State;
      if (execution !== undefined && state === 'SUCCEEDED') return execution;
      if (state !== 'QUEUED' && state !== 'RUNNING')
        throw new QueryError(
          failureOf(execution?.Status),
          id,
          execution?.Status?.AthenaError?.ErrorType ?? null,
        );
      if (left.milliseconds <= 0) {
        await this.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
        throw new QueryError('TIMED_OUT', id);
      }
      await sleep(wait);
      left.milliseconds -= wait;
    }
  }
}
