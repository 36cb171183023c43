import { runFrames } from './concurrent-frames';
import type { ParallelState } from './definition-schema';
import type { BranchRunner } from './interpreter';
import type { EvaluationScope } from './jsonata-template';
import type { Json } from './payload-limits';
import { StateError } from './state-error';
import type { Frame } from './workflow';

/** Runs the branches of a Parallel state side by side; the result is the array of their outputs. */
export async function runParallel(
  state: ParallelState,
  scope: EvaluationScope,
  frame: Frame,
  runBranch: BranchRunner,
): Promise<Json> {
  const { evaluator } = frame.workflow.engine;
  const input =
    state.Arguments === undefined
      ? scope.states.input
      : await evaluator.evaluate(state.Arguments, scope, 'Arguments');
  if (!frame.record?.children.size) frame.note('ParallelStateStarted');
  try {
    const outputs = await runFrames(
      frame,
      state.Branches.length,
      state.Branches.length,
      async (index) => {
        const branch = state.Branches[index];
        if (!branch) throw new StateError('States.Runtime', `There is no branch ${index}.`);
        return { branch, input };
      },
      undefined,
      runBranch,
    );
    frame.note('ParallelStateSucceeded');
    return outputs;
  } catch (thrown) {
    if (thrown instanceof StateError) frame.note('ParallelStateFailed');
    throw thrown;
  }
}
