import { createHash, randomUUID } from 'node:crypto';
import { AwsError, type Caller } from '../service';
import { forEachIndex } from './concurrency-limit';
import type { MapState } from './definition-schema';
import { HistoryFile, noHistory } from './history';
import type { BranchRunner } from './interpreter';
import { type ChildInput, childInputs } from './item-batches';
import { readItems } from './item-source';
import type { FinishedItem, Outcome } from './journal';
import type { EvaluationScope } from './jsonata-template';
import { type MapRun, writeResults } from './map-results';
import type { Json } from './payload-limits';
import { withinPayloadLimit } from './payload-limits';
import { Interruption, StateError } from './state-error';
import { wholeNumber } from './template-values';
import { childController, withTimeLimit } from './timer';
import { type Checkpoint, Frame, type Workflow } from './workflow';

/** AWS runs up to 10,000 children in parallel; one machine has no use for more than this. */
const mostChildren = 100;

/** Hard limit of an Express workflow. */
const expressLimitMilliseconds = 300_000;

/** How many failures a Map Run bears. */
interface Tolerance {
  readonly percentage: number | undefined;
  readonly count: number | undefined;
}

/**
 * Runs a Distributed Map: every item, or batch of items, as a child workflow of its own. Children that the journal
 * knows as finished are not run again.
 */
export async function runDistributedMap(
  state: MapState,
  checkpoint: Checkpoint,
  scope: EvaluationScope,
  frame: Frame,
  runBranch: BranchRunner,
): Promise<Json> {
  const { workflow } = frame;
  const { engine, journal } = workflow;
  const caller = childStarter(workflow);
  const items = await readItems(state, scope, engine, caller);
  const inputs = await childInputs(state, items, scope, engine.evaluator);
  const wanted = await whole(state.MaxConcurrency, 'MaxConcurrency', scope, frame);
  const tolerance = await readTolerance(state, scope, frame);

  const known = frame.record?.mapRun;
  const label = state.Label ?? checkpoint.state.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 40);
  const id = known?.id ?? randomUUID();
  const run: MapRun = {
    id,
    arn: `${workflow.machine.arn.replace(':stateMachine:', ':mapRun:')}/${label}:${id}`,
    machineArn: `${workflow.machine.arn}/${label}`,
    executionArnPrefix: `${workflow.machine.arn.replace(':stateMachine:', ':execution:')}/${label}:`,
  };
  if (known) {
    if (workflow.redriveCount > 0)
      frame.note('MapRunRedriven', runDetails('mapRunRedrivenEventDetails', run));
  } else {
    journal?.append({ kind: 'map-run', path: frame.path, id, at: engine.clock.now().getTime() });
    frame.note('MapStateStarted', { mapStateStartedEventDetails: { length: inputs.length } });
    frame.note('MapRunStarted', runDetails('mapRunStartedEventDetails', run));
  }

  const finished = new Map<number, FinishedItem>(known?.items);
  const totalItems = inputs.reduce((sum, { items: held }) => sum + held, 0);
  const failedItems = () =>
    [...finished.values()]
      .filter(({ outcome }) => outcome.kind === 'failed')
      .reduce((sum, { index }) => sum + (inputs[index]?.items ?? 0), 0);
  let failed = failedItems();
  const { controller, release } = childController(frame.signal);
  try {
    await forEachIndex(
      inputs.length,
      Math.min(wanted || mostChildren, mostChildren),
      async (index) => {
        const input = inputs[index];
        if (!input || finished.has(index)) return;
        const item = await runChild(state, run, frame, index, input, controller.signal, runBranch);
        finished.set(index, item);
        if (item.outcome.kind === 'failed') {
          failed += input.items;
          if (!tolerated(failed, totalItems, tolerance)) throw thresholdExceeded();
        }
      },
      () => controller.abort(new Interruption({ kind: 'sibling-failed' })),
    );
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    await writeResults(state, scope, engine, caller, run, inputs, finished);
    frame.note('MapRunFailed', {
      mapRunFailedEventDetails: { error: thrown.error, cause: thrown.errorCause },
    });
    frame.note('MapStateFailed');
    throw thrown;
  } finally {
    release();
  }
  const result = await writeResults(state, scope, engine, caller, run, inputs, finished);
  frame.note('MapRunSucceeded');
  frame.note('MapStateSucceeded');
  return result;
}

/** The state machine's role, if it may start the children (AWS asks for `states:StartExecution` on the machine itself). */
function childStarter(workflow: Workflow): Caller {
  try {
    const caller = workflow.engine.roles.callerForService(
      workflow.roleArn,
      'states.amazonaws.com',
      workflow.name.replace(/[^\w+=,.@-]/g, '-').slice(0, 64),
      { sourceArn: workflow.machine.arn },
    );
    caller.authorise('states:StartExecution', workflow.machine.arn);
    return caller;
  } catch (error) {
    if (error instanceof AwsError) throw new StateError('States.Permissions', error.message);
    throw error;
  }
}

async function runChild(
  state: MapState,
  run: MapRun,
  parent: Frame,
  index: number,
  child: ChildInput,
  signal: AbortSignal,
  runBranch: BranchRunner,
): Promise<FinishedItem> {
  const { workflow } = parent;
  const { engine } = workflow;
  const express = state.ItemProcessor.ProcessorConfig.ExecutionType === 'EXPRESS';
  const { path, record } = parent.childWorkflow(index);
  const name = childName(run.id, index);
  const startedAt = record?.checkpoint?.at ?? engine.clock.now().getTime();
  const counts = express
    ? { stateTransitions: 0, expressTransitions: 0, functionCalls: 0, mapItems: 0 }
    : workflow.counts;
  const history = express
    ? noHistory
    : new HistoryFile(workflow.childHistoryPath(run.id, name), () => engine.clock.now().getTime());
  const childRun: Workflow = {
    ...workflow,
    arn: `${run.executionArnPrefix}${name}`,
    name,
    input: child.input,
    startedAt,
    machine: { arn: run.machineArn, name: run.machineArn.slice(run.machineArn.lastIndexOf(':') + 1) },
    history,
    journal: express ? undefined : workflow.journal,
    signal,
    counts,
  };
  const frame = new Frame(childRun, path, { variables: {}, event: 0, ...(record ? { record } : {}) });
  let outcome: Outcome;
  try {
    if (!record?.checkpoint) {
      frame.note('ExecutionStarted', {
        executionStartedEventDetails: {
          input: withinPayloadLimit(child.input, 'input of the child workflow'),
          inputDetails: { truncated: false },
          roleArn: workflow.roleArn,
        },
      });
    }
    const output = await withTimeLimit(
      engine.timer,
      signal,
      express ? expressLimitMilliseconds : undefined,
      () => new StateError('States.Timeout', 'The Express workflow ran for more than five minutes.'),
      () => runBranch(state.ItemProcessor, frame, child.input),
    );
    frame.note('ExecutionSucceeded', {
      executionSucceededEventDetails: {
        output: JSON.stringify(output),
        outputDetails: { truncated: false },
      },
    });
    outcome = { kind: 'succeeded', output };
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    const { error, errorCause: cause } = thrown;
    frame.note('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
    outcome = { kind: 'failed', error, cause };
  } finally {
    history.close();
  }
  const item: FinishedItem = {
    index,
    name,
    startedAt,
    stoppedAt: engine.clock.now().getTime(),
    outcome,
    stateTransitions: express ? counts.stateTransitions : 0,
    functionCalls: express ? counts.functionCalls : 0,
  };
  workflow.journal?.append({ kind: 'item', path: parent.path, item });
  workflow.counts.mapItems += 1;
  workflow.counts.expressTransitions += item.stateTransitions;
  workflow.counts.functionCalls += item.functionCalls;
  return item;
}

/** The same name for the same item, so that a child that runs again after a kill keeps its ARN. */
function childName(runId: string, index: number): string {
  const hex = createHash('sha256').update(`${runId}:${index}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

async function readTolerance(state: MapState, scope: EvaluationScope, frame: Frame): Promise<Tolerance> {
  const { evaluator } = frame.workflow.engine;
  const field = 'ToleratedFailurePercentage';
  const percentage =
    state.ToleratedFailurePercentage === undefined
      ? undefined
      : await evaluator.evaluate(state.ToleratedFailurePercentage, scope, field);
  if (percentage !== undefined && (typeof percentage !== 'number' || percentage < 0 || percentage > 100)) {
    throw new StateError('States.QueryEvaluationError', `The field '${field}' must yield 0 to 100.`);
  }
  const count =
    state.ToleratedFailureCount === undefined
      ? undefined
      : await whole(state.ToleratedFailureCount, 'ToleratedFailureCount', scope, frame);
  return { percentage, count };
}

/** Without either threshold a single failure is too much; with both, passing one of them is. */
function tolerated(failed: number, total: number, { percentage, count }: Tolerance): boolean {
  if (percentage === undefined && count === undefined) return failed === 0;
  if (count !== undefined && failed > count) return false;
  return percentage === undefined || (failed * 100) / total <= percentage;
}

function thresholdExceeded(): StateError {
  return new StateError(
    'States.ExceedToleratedFailureThreshold',
    'The specified tolerated failure threshold was exceeded',
  );
}

async function whole(
  template: Json | undefined,
  field: string,
  scope: EvaluationScope,
  frame: Frame,
): Promise<number> {
  return wholeNumber(await frame.workflow.engine.evaluator.evaluate(template ?? 0, scope, field), field);
}

function runDetails(member: string, run: MapRun): Readonly<Record<string, Json>> {
  return { [member]: { mapRunArn: run.arn } };
}
