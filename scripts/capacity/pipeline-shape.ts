import type { Retry } from '../../lib/pipeline/asl';
import { pipelineDefinition } from '../../lib/pipeline/definition';
import { batchRetry, importTurnRetry, mapRetry } from '../../lib/pipeline/retry-policies';

/** What the simulation and the cost model take from the deployed state machine instead of saying it again. */
export interface PipelineShape {
  /** Import jobs of one submission at once. */
  readonly importsAtOnce: number;
  /** Batches of one submission at once. */
  readonly batchesAtOnce: number;
  /** States that a submission enters once, before and after its imports. */
  readonly transitionsPerSubmission: number;
  /** States that each import job enters. */
  readonly transitionsPerJob: number;
  /** Mean seconds after which an import job that finds no room is given up, and its submission stops. */
  readonly importPatienceSeconds: number;
  /** Mean seconds after which a submission whose batches find no room is given up and stops. */
  readonly deidentifyPatienceSeconds: number;
}

/** Mean seconds that all attempts of a retry take together: full jitter waits half of the interval on average. */
export function meanPatienceSeconds({
  IntervalSeconds,
  BackoffRate,
  MaxAttempts,
  MaxDelaySeconds,
}: Retry): number {
  let seconds = 0;
  for (let attempt = 0; attempt < MaxAttempts; attempt += 1)
    seconds += Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt) / 2;
  return seconds;
}

interface AnyState {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly End?: true;
}

/** States on the way on which nothing fails: of a Choice, the first branch. */
function statesOnTheWay(startAt: string, states: Readonly<Record<string, unknown>>): string[] {
  const names: string[] = [];
  for (let name: string | undefined = startAt; name !== undefined; ) {
    names.push(name);
    const state = states[name] as AnyState;
    name = state.Type === 'Choice' ? state.Choices?.[0]?.Next : state.Next;
  }
  return names;
}

/** Reads the shape off the definition that is deployed. */
export function readPipelineShape(batchesAtOnce: number, clearanceLimitSeconds: number): PipelineShape {
  const arn = 'arn:aws:lambda:eu-west-2:000000000000:function:any';
  const { StartAt, States } = pipelineDefinition({
    planSubmission: arn,
    clearSubjects: arn,
    deidentifyBatch: arn,
    quarantineBatch: arn,
    settleSubmission: arn,
    awaitImport: arn,
    reconcileImport: arn,
    catalogueSubmission: arn,
    applyDemographics: arn,
    writeReceipt: arn,
    recordFailure: arn,
    workBucket: 'work',
    importRole: arn,
    clearanceLimitSeconds,
    batchesAtOnce,
    malwareScanning: false,
    largeFiles: { cluster: arn, taskFamily: 'task', container: 'task', subnets: [], securityGroup: 'group' },
  });
  const imports = States.Import;
  const deidentify = States.Deidentify;
  if (imports?.Type !== 'Map' || deidentify?.Type !== 'Map')
    throw new Error('the state machine has no maps named Deidentify and Import');
  const { StartAt: firstOfJob, States: ofJob } = imports.ItemProcessor;
  return {
    importsAtOnce: imports.MaxConcurrency,
    batchesAtOnce: deidentify.MaxConcurrency,
    transitionsPerSubmission: statesOnTheWay(StartAt, States).length,
    transitionsPerJob: statesOnTheWay(firstOfJob, ofJob).length,
    importPatienceSeconds: meanPatienceSeconds(importTurnRetry),
    // each run of the map tries each batch in turn
    deidentifyPatienceSeconds:
      meanPatienceSeconds(mapRetry) + (mapRetry.MaxAttempts + 1) * meanPatienceSeconds(batchRetry),
  };
}
