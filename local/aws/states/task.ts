import { AwsError } from '../service';
import type { TaskState } from './definition-schema';
import { callbackSuffix, type Integration } from './integration';
import type { Outcome } from './journal';
import type { EvaluationScope } from './jsonata-template';
import { type Json, withinPayloadLimit } from './payload-limits';
import { StateError } from './state-error';
import { interruptible, unlessInterrupted, withTimeLimit } from './timer';
import type { Frame } from './workflow';

/**
 * Runs a Task once: evaluates its arguments, calls the integration as the state machine's role and, with
 * `.waitForTaskToken`, waits for the answer.
 */
export async function runTask(state: TaskState, scope: EvaluationScope, frame: Frame): Promise<Json> {
  const { engine } = frame.workflow;
  const waits = state.Resource.endsWith(callbackSuffix);
  const resource = waits ? state.Resource.slice(0, -callbackSuffix.length) : state.Resource;
  const integration = engine.integrations.get(resource);
  if (!integration) throw new StateError('States.Runtime', `Unknown resource ${state.Resource}`);
  return waits ? runWithToken(state, integration, scope, frame) : runOnce(state, integration, scope, frame);
}

async function runOnce(
  state: TaskState,
  integration: Integration,
  scope: EvaluationScope,
  frame: Frame,
): Promise<Json> {
  const limits = await timeLimits(state, scope, frame);
  const parameters = await schedule(state, integration, scope, frame, limits);
  const names = namesOf(integration, false);
  return reported(frame, names, async () => {
    const result = await withTimeLimit(
      frame.workflow.engine.timer,
      frame.signal,
      limits.timeout,
      () => new StateError('States.Timeout', ''),
      (inner) => call(integration, parameters, frame, inner),
    );
    const output = withinPayloadLimit(result, 'result of the task');
    frame.note('TaskSucceeded', {
      taskSucceededEventDetails: { ...names, output, outputDetails: { truncated: false } },
    });
    return result;
  });
}

/** A token that was already handed out is only waited for: the call is not made again. */
async function runWithToken(
  state: TaskState,
  integration: Integration,
  scope: EvaluationScope,
  frame: Frame,
): Promise<Json> {
  const { engine, journal, tokenOwnerArn } = frame.workflow;
  const known = frame.record?.token;
  const token = known?.token ?? engine.tokens.issue(tokenOwnerArn);
  const startedAt = known?.at ?? engine.clock.now().getTime();
  if (!known) journal?.append({ kind: 'token', path: frame.path, token, at: startedAt });
  const context = scope.states.context as Readonly<Record<string, Json>>;
  const within: EvaluationScope = {
    ...scope,
    states: { ...scope.states, context: { ...context, Task: { Token: token } } },
  };
  const limits = await timeLimits(state, within, frame);
  const left =
    limits.timeout === undefined ? undefined : limits.timeout - (engine.clock.now().getTime() - startedAt);
  const names = namesOf(integration, true);
  const result = await reported(frame, names, async () => {
    if (known?.outcome) return settled(known.outcome);
    const outcome = await withTimeLimit(
      engine.timer,
      frame.signal,
      left,
      () => new StateError('States.Timeout', ''),
      (inner) => answerTo(token, limits.heartbeat, inner),
      'answer',
    );
    return settled(outcome);
  });
  const output = withinPayloadLimit(result, 'result of the task');
  frame.note('TaskSucceeded', {
    taskSucceededEventDetails: { ...names, output, outputDetails: { truncated: false } },
  });
  return result;

  /** The answer may come before the call returns; the call's failure ends the wait. */
  async function answerTo(
    awaited: string,
    heartbeat: number | undefined,
    inner: AbortSignal,
  ): Promise<Outcome> {
    const answer = waitForAnswer(awaited, heartbeat, inner, frame);
    answer.catch(() => undefined);
    if (known?.handedOut) return answer;
    const parameters = await schedule(state, integration, within, frame, limits);
    const called = call(integration, parameters, frame, inner).then((result) => {
      journal?.append({ kind: 'token-handed-out', path: frame.path, token: awaited });
      frame.note('TaskSubmitted', {
        taskSubmittedEventDetails: { ...names, output: withinPayloadLimit(result, 'result of the call') },
      });
      return answer;
    });
    called.catch(() => undefined);
    return unlessInterrupted(inner, Promise.race([answer, called]));
  }
}

function waitForAnswer(
  token: string,
  heartbeat: number | undefined,
  signal: AbortSignal,
  frame: Frame,
): Promise<Outcome> {
  const { engine, journal } = frame.workflow;
  return interruptible(signal, (resolve, reject) => {
    let beat = new AbortController();
    const watch = () => {
      if (heartbeat === undefined) return;
      beat.abort();
      beat = new AbortController();
      engine.timer.sleep(heartbeat, beat.signal, 'limit').then(
        () => finish(() => reject(new StateError('States.HeartbeatTimeout', ''))),
        () => undefined,
      );
    };
    const release = engine.tokens.wait(token, {
      answer: (outcome) => {
        journal?.append({ kind: 'token-answered', path: frame.path, token, outcome });
        finish(() => resolve(outcome));
      },
      heartbeat: watch,
    });
    const finish = (end: () => void) => {
      release();
      beat.abort();
      end();
    };
    watch();
    return () => finish(() => undefined);
  });
}

interface TimeLimits {
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

async function timeLimits(state: TaskState, scope: EvaluationScope, frame: Frame): Promise<TimeLimits> {
  const read = async (field: 'TimeoutSeconds' | 'HeartbeatSeconds') => {
    const template = state[field];
    if (template === undefined) return undefined;
    const value = await frame.workflow.engine.evaluator.evaluate(template, scope, field);
    if (typeof value === 'number' && value > 0) return value * 1000;
    throw new StateError('States.QueryEvaluationError', `The field '${field}' must yield a positive number.`);
  };
  return { timeout: await read('TimeoutSeconds'), heartbeat: await read('HeartbeatSeconds') };
}

/** Evaluates the arguments and records that the task is scheduled and started. */
async function schedule(
  state: TaskState,
  integration: Integration,
  scope: EvaluationScope,
  frame: Frame,
  limits: TimeLimits,
): Promise<Json> {
  const { engine } = frame.workflow;
  const parameters =
    state.Arguments === undefined
      ? scope.states.input
      : await engine.evaluator.evaluate(state.Arguments, scope, 'Arguments');
  const names = namesOf(integration, state.Resource.endsWith(callbackSuffix));
  frame.note('TaskScheduled', {
    taskScheduledEventDetails: {
      ...names,
      region: engine.region,
      parameters: withinPayloadLimit(parameters, 'set of arguments of the task'),
      ...(limits.timeout === undefined ? {} : { timeoutInSeconds: limits.timeout / 1000 }),
      ...(limits.heartbeat === undefined ? {} : { heartbeatInSeconds: limits.heartbeat / 1000 }),
    },
  });
  frame.note('TaskStarted', { taskStartedEventDetails: names });
  return parameters;
}

async function call(
  integration: Integration,
  parameters: Json,
  frame: Frame,
  signal: AbortSignal,
): Promise<Json> {
  const { engine, roleArn, name, machine, journal, counts } = frame.workflow;
  if (integration.callsFunction) {
    counts.functionCalls += 1;
    journal?.append({ kind: 'call', path: frame.path });
  }
  const sessionName = name.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
  let caller: ReturnType<typeof engine.roles.callerForService>;
  try {
    caller = engine.roles.callerForService(roleArn, 'states.amazonaws.com', sessionName, {
      sourceArn: machine.arn,
    });
  } catch (error) {
    if (error instanceof AwsError) throw new StateError('States.Permissions', error.message);
    throw error;
  }
  return integration.run(parameters, caller, signal);
}

function namesOf(integration: Integration, waits: boolean) {
  return {
    resourceType: integration.resourceType,
    resource: waits ? `${integration.action}${callbackSuffix}` : integration.action,
  };
}

/** Records how a task failed. */
async function reported(
  frame: Frame,
  names: Readonly<Record<string, Json>>,
  run: () => Promise<Json>,
): Promise<Json> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof StateError && thrown.error !== 'States.QueryEvaluationError') {
      const details = { ...names, error: thrown.error, cause: thrown.errorCause };
      const timedOut = /^States\.(Heartbeat)?Timeout$/.test(thrown.error);
      if (timedOut) frame.note('TaskTimedOut', { taskTimedOutEventDetails: details });
      else frame.note('TaskFailed', { taskFailedEventDetails: details });
    }
    throw thrown;
  }
}

function settled(outcome: Outcome): Json {
  if (outcome.kind === 'succeeded') return outcome.output;
  throw new StateError(outcome.error, outcome.cause);
}
