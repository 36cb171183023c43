import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import {
  AwsError,
  type AwsService,
  type Caller,
  type Clock,
  type ObjectStorage,
  type SignedRequest,
} from '../service';
import { DataCatalog } from './data-catalog';
import { executionView, outputOf, type QueryExecution, type WorkGroup } from './query-execution';
import { readResultFile } from './result-file';
import { isOfUser, runQuery } from './run-query';
import { invalidRequest, readStatement } from './statement';
import { readLocation } from './table-files';

export interface AthenaServiceOptions {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly objects: ObjectStorage;
  readonly workFolder: string;
}

/** Athena's limit on the text of a query. */
const LONGEST_QUERY_BYTES = 262_144;
/** GetQueryResults gives so many rows a page, the row of names among them. */
const LARGEST_PAGE = 1_000;
/** Executions that are remembered; Athena keeps 45 days. */
const EXECUTIONS_KEPT = 1_000;

const start = z.looseObject({
  QueryString: z.string().min(1),
  WorkGroup: z.string(),
  QueryExecutionContext: z.looseObject({
    Database: z.string(),
    Catalog: z.literal('AwsDataCatalog').optional(),
  }),
});
const named = z.looseObject({ QueryExecutionId: z.string() });
const results = named.extend({
  MaxResults: z.number().int().min(1).max(LARGEST_PAGE).default(LARGEST_PAGE),
  NextToken: z.string().regex(/^\d+$/).optional(),
});

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  );
}

/** Athena over the tables of Glue that the templates declare; DuckDB answers, one question after another. */
export class AthenaService implements AwsService {
  readonly signingName = 'athena';
  readonly protocol = 'json-1.1';
  readonly catalog: DataCatalog;
  private readonly workGroups = new Map<string, WorkGroup>();
  private readonly executions = new Map<string, QueryExecution>();
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly options: AthenaServiceOptions) {
    this.catalog = new DataCatalog(options.accountId, options.region);
    // rows on their way to S3 that a process left which was killed: no withdrawal looks there
    rmSync(options.workFolder, { recursive: true, force: true });
  }

  ensureWorkGroup(workGroup: WorkGroup): void {
    this.workGroups.set(workGroup.name, workGroup);
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const input: unknown = JSON.parse((await buffer(request.body)).toString('utf8') || '{}');
    const answer = await this.execute(request.caller, operation, input);
    const text = JSON.stringify(answer);
    response.setHeader('Content-Type', 'application/x-amz-json-1.1');
    response.setHeader('x-amzn-RequestId', request.requestId);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.end(text);
  }

  /** Stops what is under way. */
  async close(): Promise<void> {
    for (const execution of this.executions.values()) this.cancel(execution);
    await this.queue;
  }

  private async execute(caller: Caller, operation: string, input: unknown): Promise<Record<string, unknown>> {
    switch (operation) {
      case 'StartQueryExecution':
        return this.start(caller, read(start, input));
      case 'GetQueryExecution':
        return {
          QueryExecution: executionView(this.find(caller, operation, read(named, input).QueryExecutionId)),
        };
      case 'GetQueryResults':
        return this.results(caller, read(results, input));
      case 'StopQueryExecution':
        this.cancel(this.find(caller, operation, read(named, input).QueryExecutionId));
        return {};
      default:
        throw new AwsError(
          'UnknownOperationException',
          `The embedded platform does not serve Athena ${operation}.`,
          400,
        );
    }
  }

  private authorise(caller: Caller, operation: string, workGroup: string): void {
    const { region, accountId } = this.options;
    caller.authorise(`athena:${operation}`, `arn:aws:athena:${region}:${accountId}:workgroup/${workGroup}`);
  }

  private start(caller: Caller, input: z.infer<typeof start>): Record<string, unknown> {
    this.authorise(caller, 'StartQueryExecution', input.WorkGroup);
    const workGroup = this.workGroups.get(input.WorkGroup);
    if (workGroup === undefined) throw invalidRequest(`WorkGroup ${input.WorkGroup} is not found.`);
    if (Buffer.byteLength(input.QueryString) > LONGEST_QUERY_BYTES)
      throw invalidRequest('The query is longer than 262144 bytes');
    const execution: QueryExecution = {
      id: randomUUID(),
      text: input.QueryString,
      statement: readStatement(input.QueryString),
      database: input.QueryExecutionContext.Database,
      workGroup,
      caller,
      submittedAt: this.options.clock.now(),
      state: 'QUEUED',
      bytesScanned: 0,
      columns: [],
    };
    this.executions.set(execution.id, execution);
    const [oldest] = this.executions.keys();
    if (this.executions.size > EXECUTIONS_KEPT && oldest !== undefined) this.executions.delete(oldest);
    this.queue = this.queue.then(() => this.run(execution));
    return { QueryExecutionId: execution.id };
  }

  private async run(execution: QueryExecution): Promise<void> {
    if (execution.state !== 'QUEUED') return;
    execution.state = 'RUNNING';
    try {
      const { catalog } = this;
      const { objects, workFolder } = this.options;
      await runQuery({ catalog, objects, workFolder }, execution);
      this.end(execution, 'SUCCEEDED');
    } catch (error) {
      execution.reason = error instanceof Error ? error.message : String(error);
      execution.errorCategory = isOfUser(error) ? 2 : 1;
      this.end(execution, 'FAILED');
    }
  }

  private end(execution: QueryExecution, state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'): void {
    if (execution.state === 'CANCELLED') return;
    execution.state = state;
    execution.completedAt = this.options.clock.now();
  }

  private cancel(execution: QueryExecution): void {
    if (execution.state !== 'QUEUED' && execution.state !== 'RUNNING') return;
    execution.reason = 'Query cancelled by user';
    this.end(execution, 'CANCELLED');
    execution.interrupt?.();
  }

  private find(caller: Caller, operation: string, id: string): QueryExecution {
    const execution = this.executions.get(id);
    if (execution === undefined) throw invalidRequest(`QueryExecution ${id} was not found`);
    this.authorise(caller, operation, execution.workGroup.name);
    return execution;
  }

  /** Read from the file of results, with the rights of who asks now. */
  private async results(caller: Caller, input: z.infer<typeof results>): Promise<Record<string, unknown>> {
    const execution = this.find(caller, 'GetQueryResults', input.QueryExecutionId);
    if (execution.state !== 'SUCCEEDED')
      throw invalidRequest(`Query has not yet finished. Current state: ${execution.state}`);
    const { bucket, prefix } = readLocation(outputOf(execution));
    const { body } = await this.options.objects.getObject(caller, bucket, prefix);
    const rows = execution.statement.kind === 'unload' ? [] : readResultFile(await buffer(body));
    const from = Number(input.NextToken ?? 0);
    const next = from + input.MaxResults;
    return {
      ResultSet: {
        Rows: rows.slice(from, next).map((row) => ({
          Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
        })),
        ResultSetMetadata: {
          ColumnInfo: execution.columns.map(({ name, type }) => ({
            CatalogName: 'hive',
            Name: name,
            Label: name,
            Type: type,
            Nullable: 'UNKNOWN',
          })),
        },
      },
      ...(next < rows.length ? { NextToken: String(next) } : {}),
    };
  }
}
