import { AwsError, type Caller } from '../service';
import type { MapState, ResultWriterField } from './definition-schema';
import type { ChildInput } from './item-batches';
import type { FinishedItem } from './journal';
import { type EvaluationScope, isArray } from './jsonata-template';
import type { Json } from './payload-limits';
import { StateError } from './state-error';
import type { Engine } from './workflow';

/** Names of a Map Run. */
export interface MapRun {
  readonly id: string;
  readonly arn: string;
  /** State machine of the children, `<machine>/<label>`. */
  readonly machineArn: string;
  readonly executionArnPrefix: string;
}

type Transformation = 'NONE' | 'COMPACT' | 'FLATTEN';

/**
 * Result of a Map Run: the outputs of the children or, with a ResultWriter that names a bucket, where they were written
 * (`manifest.json`, `SUCCEEDED_0.json`, `FAILED_0.json` below `<prefix>/<id of the run>/`).
 * @throws StateError `States.ResultWriterFailed`
 */
export async function writeResults(
  state: MapState,
  scope: EvaluationScope,
  engine: Engine,
  caller: Caller,
  run: MapRun,
  inputs: readonly ChildInput[],
  finished: ReadonlyMap<number, FinishedItem>,
): Promise<Json> {
  const writer = state.ResultWriter;
  const items = [...finished.values()].sort((a, b) => a.index - b.index);
  const describe = (item: FinishedItem) => describeChild(run, item, inputs[item.index]?.input ?? null);
  if (!writer?.Arguments) {
    const transformation = writer?.WriterConfig?.Transformation ?? 'COMPACT';
    return items.flatMap((item) => transformed(item, transformation, describe));
  }
  return writeToBucket(writer, scope, engine, caller, run, items, describe);
}

async function writeToBucket(
  writer: ResultWriterField,
  scope: EvaluationScope,
  engine: Engine,
  caller: Caller,
  run: MapRun,
  items: readonly FinishedItem[],
  describe: (item: FinishedItem) => Json,
): Promise<Json> {
  const { Transformation, OutputType } = writer.WriterConfig ?? {
    Transformation: 'NONE',
    OutputType: 'JSON',
  };
  const location = (await engine.evaluator.evaluate(
    (writer.Arguments ?? {}) as Json,
    scope,
    'ResultWriter/Arguments',
  )) as { Bucket?: Json; Prefix?: Json };
  const { Bucket, Prefix = '' } = location;
  if (typeof Bucket !== 'string' || typeof Prefix !== 'string') {
    throw new StateError('States.ResultWriterFailed', 'ResultWriter needs a Bucket and a Prefix.');
  }
  const folder = `${Prefix === '' ? '' : `${Prefix.replace(/\/$/, '')}/`}${run.id}`;
  const put = async (key: string, content: string) => {
    const bytes = Buffer.from(content, 'utf8');
    await engine.objects.putObject(caller, Bucket, key, bytes);
    return { Key: key, Size: bytes.length };
  };
  const files: Record<'FAILED' | 'PENDING' | 'SUCCEEDED', { Key: string; Size: number }[]> = {
    FAILED: [],
    PENDING: [],
    SUCCEEDED: [],
  };
  try {
    for (const status of ['SUCCEEDED', 'FAILED'] as const) {
      const rows = items
        .filter(({ outcome }) => (outcome.kind === 'succeeded') === (status === 'SUCCEEDED'))
        .flatMap((item) => transformed(item, Transformation, describe));
      if (rows.length === 0) continue;
      const content =
        OutputType === 'JSON' ? JSON.stringify(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      files[status].push(await put(`${folder}/${status}_0.${OutputType.toLowerCase()}`, content));
    }
    const manifest = { DestinationBucket: Bucket, MapRunArn: run.arn, ResultFiles: files };
    const { Key } = await put(`${folder}/manifest.json`, JSON.stringify(manifest));
    return { MapRunArn: run.arn, ResultWriterDetails: { Bucket, Key } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new StateError('States.ResultWriterFailed', `${error.code}: ${error.message}`);
  }
}

/** A failed child is described in full whatever the transformation. */
function transformed(
  item: FinishedItem,
  transformation: Transformation,
  describe: (item: FinishedItem) => Json,
): Json[] {
  if (item.outcome.kind === 'failed' || transformation === 'NONE') return [describe(item)];
  const { output } = item.outcome;
  return transformation === 'FLATTEN' && isArray(output) ? [...output] : [output];
}

/** A child workflow as DescribeExecution would show it. */
function describeChild(run: MapRun, item: FinishedItem, input: Json): Json {
  const { outcome } = item;
  const succeeded = outcome.kind === 'succeeded';
  return {
    ExecutionArn: `${run.executionArnPrefix}${item.name}`,
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    Name: item.name,
    ...(succeeded
      ? { Output: JSON.stringify(outcome.output), OutputDetails: { Included: true } }
      : { Error: outcome.error, Cause: outcome.cause }),
    RedriveCount: 0,
    RedriveStatus: succeeded ? 'NOT_REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN',
    ...(succeeded ? { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' } : {}),
    StartDate: new Date(item.startedAt).toISOString(),
    StateMachineArn: run.machineArn,
    Status: succeeded ? 'SUCCEEDED' : 'FAILED',
    StopDate: new Date(item.stoppedAt).toISOString(),
  };
}
