import type { Caller } from '../service';
import type { Answer } from './duckdb-query';
import type { Statement } from './statement';

/** A work group as its template declares it. */
export interface WorkGroup {
  readonly name: string;
  /** `s3://<bucket>/<folder>/` */
  readonly outputLocation: string;
}

export type QueryState = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** One question, from its start to the end of the process. */
export interface QueryExecution {
  readonly id: string;
  readonly text: string;
  readonly statement: Statement;
  readonly database: string;
  readonly workGroup: WorkGroup;
  readonly caller: Caller;
  readonly submittedAt: Date;
  state: QueryState;
  reason?: string;
  /** 1 system, 2 user. */
  errorCategory?: number;
  completedAt?: Date;
  bytesScanned: number;
  columns: Answer['columns'];
  /** Stops DuckDB while it is at work on this. */
  interrupt?: () => void;
}

/** Where the answer stands, as Athena names it. */
export function outputOf({ id, statement, workGroup }: QueryExecution): string {
  return `${workGroup.outputLocation}${id}${statement.kind === 'unload' ? '-manifest.csv' : '.csv'}`;
}

const seconds = (date: Date): number => date.getTime() / 1000;

/** The member QueryExecution of GetQueryExecution's answer. */
export function executionView(execution: QueryExecution): Record<string, unknown> {
  const { id, text, database, workGroup, state, reason, submittedAt, completedAt } = execution;
  return {
    QueryExecutionId: id,
    Query: text,
    StatementType: 'DML',
    ResultConfiguration: { OutputLocation: outputOf(execution) },
    QueryExecutionContext: { Database: database, Catalog: 'awsdatacatalog' },
    Status: {
      State: state,
      SubmissionDateTime: seconds(submittedAt),
      ...(reason === undefined ? {} : { StateChangeReason: reason }),
      ...(completedAt === undefined ? {} : { CompletionDateTime: seconds(completedAt) }),
      ...(execution.errorCategory === undefined
        ? {}
        : {
            AthenaError: {
              ErrorCategory: execution.errorCategory,
              ErrorType: execution.errorCategory === 2 ? 1005 : 401,
              Retryable: false,
              ErrorMessage: reason,
            },
          }),
    },
    Statistics: {
      DataScannedInBytes: execution.bytesScanned,
      EngineExecutionTimeInMillis:
        completedAt === undefined ? 0 : completedAt.getTime() - submittedAt.getTime(),
    },
    WorkGroup: workGroup.name,
  };
}
