import type { Branch, Catcher, ChoiceState, FailState, State, WaitState } from './definition-schema';
import { runDistributedMap } from './distributed-map';
import { runInlineMap } from './inline-map';
import type { EvaluationScope } from './jsonata-template';
import { runParallel } from './parallel';
import { type Json, withinPayloadLimit } from './payload-limits';
import { decideRetry } from './retry';
import { errorMatches, Interruption, StateError } from './state-error';
import { runTask } from './task';
import { wholeNumber } from './template-values';
import type { Checkpoint, Frame } from './workflow';

/** What a state yields: its output, and the state that comes next (none: the branch is done). */
interface Step {
  readonly output: Json;
  readonly next: string | undefined;
}

/** Fields that every state that goes on may have. */
interface Yielding {
  readonly Output?: Json | undefined;
  readonly Assign?: Readonly<Record<string, Json>> | undefined;
  readonly Next?: string | undefined;
}

/** Runs the states of a branch; see `runBranch`. */
export type BranchRunner = (branch: Branch, frame: Frame, input: Json) => Promise<Json>;

const abortable = new Set<State['Type']>(['Task', 'Map', 'Parallel', 'Wait']);

/**
 * Runs a branch from its start, or from where the frame's record says that it was.
 * @returns the output of the last state
 * @throws StateError that no state handled; Interruption
 */
export async function runBranch(branch: Branch, frame: Frame, input: Json): Promise<Json> {
  const begin = (name: string, given: Json) => frame.enter(name, stateOf(branch, name), given);
  let checkpoint = frame.resume() ?? begin(branch.StartAt, input);
  for (;;) {
    const state = stateOf(branch, checkpoint.state);
    const step = await runState(state, checkpoint, frame);
    frame.exit(checkpoint.state, state, step.output);
    if (step.next === undefined) return step.output;
    checkpoint = begin(step.next, step.output);
  }
}

function stateOf(branch: Branch, name: string): State {
  const state = branch.States[name];
  if (!state) throw new StateError('States.Runtime', `The state '${name}' does not exist.`);
  return state;
}

/** Runs a state with its Retry and Catch. */
async function runState(state: State, checkpoint: Checkpoint, frame: Frame): Promise<Step> {
  const { engine, journal, counts } = frame.workflow;
  const { signal } = frame;
  const retriers = 'Retry' in state ? state.Retry : [];
  let retries = frame.record?.retry?.retries ?? [];
  let dueAt = frame.record?.retry?.dueAt;
  for (;;) {
    if (dueAt !== undefined) await engine.timer.sleep(dueAt - engine.clock.now().getTime(), signal);
    const scope = frame.scope(
      checkpoint,
      retries.reduce((sum, count) => sum + count, 0),
    );
    try {
      return await attempt(state, checkpoint, scope, frame);
    } catch (thrown) {
      const error = failureOf(thrown, state, frame);
      frame.forgetRecord();
      const decision = decideRetry(retriers, retries, error, engine.random);
      if (decision.kind === 'retry') {
        retries = decision.retries;
        dueAt = engine.clock.now().getTime() + decision.delaySeconds * 1000;
        journal?.append({ kind: 'retry', path: frame.path, retries, dueAt });
        counts.stateTransitions += 1;
        continue;
      }
      const catcher =
        'Catch' in state
          ? state.Catch.find(({ ErrorEquals }) => errorMatches(ErrorEquals, error.error))
          : undefined;
      if (!catcher) throw error;
      return handle(catcher, error, scope, frame);
    }
  }
}

/** The failure that Retry and Catch look at. Interruptions pass them; a fault of the engine is `States.Runtime`. */
function failureOf(thrown: unknown, state: State, frame: Frame): StateError {
  if (thrown instanceof Interruption) {
    if (thrown.reason.kind !== 'suspended' && abortable.has(state.Type))
      frame.note(`${state.Type}StateAborted`);
    throw thrown;
  }
  if (!(thrown instanceof StateError)) return new StateError('States.Runtime', String(thrown));
  if (thrown.error === 'States.QueryEvaluationError') {
    frame.note('EvaluationFailed', {
      evaluationFailedEventDetails: { error: thrown.error, cause: thrown.errorCause },
    });
  }
  return thrown;
}

async function handle(
  catcher: Catcher,
  error: StateError,
  scope: EvaluationScope,
  frame: Frame,
): Promise<Step> {
  const errorOutput = { Error: error.error, Cause: error.errorCause };
  const within = { ...scope, states: { ...scope.states, errorOutput } };
  return proceed(catcher, catcher.Next, errorOutput, within, frame);
}

/** Evaluates Output and Assign side by side, both with the variables as they were. */
async function proceed(
  fields: Yielding,
  next: string | undefined,
  fallback: Json,
  scope: EvaluationScope,
  frame: Frame,
): Promise<Step> {
  const { evaluator } = frame.workflow.engine;
  const output =
    fields.Output === undefined ? fallback : await evaluator.evaluate(fields.Output, scope, 'Output');
  if (fields.Assign) {
    const assigned = (await evaluator.evaluate(fields.Assign, scope, 'Assign')) as Readonly<
      Record<string, Json>
    >;
    withinPayloadLimit(assigned, 'set of variables that the state assigns');
    frame.variables = { ...frame.variables, ...assigned };
  }
  return { output, next };
}

async function attempt(
  state: State,
  checkpoint: Checkpoint,
  scope: EvaluationScope,
  frame: Frame,
): Promise<Step> {
  switch (state.Type) {
    case 'Pass':
      return proceed(state, state.Next, checkpoint.input, scope, frame);
    case 'Succeed':
      return proceed({ Output: state.Output }, undefined, checkpoint.input, scope, frame);
    case 'Fail':
      return fail(state, scope, frame);
    case 'Choice':
      return choose(state, scope, checkpoint, frame);
    case 'Wait':
      await waitFor(state, scope, checkpoint, frame);
      return proceed(state, state.Next, checkpoint.input, scope, frame);
    case 'Task':
      return yielded(state, await runTask(state, scope, frame));
    case 'Parallel':
      return yielded(state, await runParallel(state, scope, frame, runBranch));
    case 'Map':
      return yielded(
        state,
        state.ItemProcessor.ProcessorConfig.Mode === 'DISTRIBUTED'
          ? await runDistributedMap(state, checkpoint, scope, frame, runBranch)
          : await runInlineMap(state, scope, frame, runBranch),
      );
  }

  async function yielded(fields: Yielding, result: Json): Promise<Step> {
    withinPayloadLimit(result, `result of the state '${checkpoint.state}'`);
    const within = { ...scope, states: { ...scope.states, result } };
    return proceed(fields, fields.Next, result, within, frame);
  }
}

async function fail(state: FailState, scope: EvaluationScope, frame: Frame): Promise<never> {
  const { evaluator } = frame.workflow.engine;
  const error = await evaluator.evaluate(state.Error ?? '', scope, 'Error');
  const cause = await evaluator.evaluate(state.Cause ?? '', scope, 'Cause');
  throw new StateError(String(error), String(cause));
}

async function choose(
  state: ChoiceState,
  scope: EvaluationScope,
  checkpoint: Checkpoint,
  frame: Frame,
): Promise<Step> {
  const { evaluator } = frame.workflow.engine;
  for (const [index, rule] of state.Choices.entries()) {
    const location = `Choices[${index}]/Condition`;
    const holds = await evaluator.evaluate(rule.Condition, scope, location);
    if (typeof holds !== 'boolean') {
      throw new StateError(
        'States.QueryEvaluationError',
        `An error occurred in field '${location}'. The condition must yield a boolean.`,
      );
    }
    if (holds) return proceed(rule, rule.Next, checkpoint.input, scope, frame);
  }
  if (state.Default === undefined) {
    throw new StateError('States.NoChoiceMatched', `No choice of the state '${checkpoint.state}' matched.`);
  }
  return proceed(state, state.Default, checkpoint.input, scope, frame);
}

async function waitFor(
  state: WaitState,
  scope: EvaluationScope,
  checkpoint: Checkpoint,
  frame: Frame,
): Promise<void> {
  const { engine } = frame.workflow;
  const due =
    state.Timestamp === undefined
      ? checkpoint.at +
        1000 * wholeNumber(await engine.evaluator.evaluate(state.Seconds ?? 0, scope, 'Seconds'), 'Seconds')
      : Date.parse(String(await engine.evaluator.evaluate(state.Timestamp, scope, 'Timestamp')));
  if (Number.isNaN(due)) throw new StateError('States.Runtime', 'Timestamp is not an ISO 8601 time.');
  await engine.timer.sleep(due - engine.clock.now().getTime(), frame.signal);
}
