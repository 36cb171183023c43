import { runFrames } from './concurrent-frames';
import type { MapState } from './definition-schema';
import type { BranchRunner } from './interpreter';
import type { EvaluationScope } from './jsonata-template';
import type { Json } from './payload-limits';
import { StateError } from './state-error';
import { mapItems, selectItem, wholeNumber } from './template-values';
import type { Frame } from './workflow';

/** Inline Map runs at most 40 iterations at the same time (developer guide, "Inline mode"). */
const inlineConcurrency = 40;

/** Runs the iterations of an inline Map; the result is the array of their outputs. */
export async function runInlineMap(
  state: MapState,
  scope: EvaluationScope,
  frame: Frame,
  runBranch: BranchRunner,
): Promise<Json> {
  const { evaluator } = frame.workflow.engine;
  const source =
    state.Items === undefined ? scope.states.input : await evaluator.evaluate(state.Items, scope, 'Items');
  const items = mapItems(source, 'Items');
  const wanted = wholeNumber(
    await evaluator.evaluate(state.MaxConcurrency ?? 0, scope, 'MaxConcurrency'),
    'MaxConcurrency',
  );
  const name = (scope.states.context as { State: { Name: string } }).State.Name;
  const note = (type: string, member: string) => (iteration: Frame, index: number) =>
    iteration.note(type, { [member]: { name, index } });
  if (!frame.record?.children.size) {
    frame.note('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  }
  try {
    const outputs = await runFrames(
      frame,
      items.length,
      Math.min(wanted || inlineConcurrency, inlineConcurrency),
      async (index) => {
        const item = items[index];
        if (!item) throw new StateError('States.Runtime', `There is no item ${index}.`);
        const input = await selectItem(state.ItemSelector, item, scope, evaluator);
        return { branch: state.ItemProcessor, input, mapItem: { ...item } };
      },
      {
        started: note('MapIterationStarted', 'mapIterationStartedEventDetails'),
        succeeded: note('MapIterationSucceeded', 'mapIterationSucceededEventDetails'),
        failed: note('MapIterationFailed', 'mapIterationFailedEventDetails'),
        aborted: note('MapIterationAborted', 'mapIterationAbortedEventDetails'),
      },
      runBranch,
    );
    frame.note('MapStateSucceeded');
    return outputs;
  } catch (thrown) {
    if (thrown instanceof StateError) frame.note('MapStateFailed');
    throw thrown;
  }
}
