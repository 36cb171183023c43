import type { MapState } from './definition-schema';
import { type EvaluationScope, isObject, type TemplateEvaluator } from './jsonata-template';
import { type Json, payloadLimitBytes } from './payload-limits';
import { StateError } from './state-error';
import { type MapItem, selectItem, wholeNumber } from './template-values';

/** Input of one child workflow, and how many items it holds. */
export interface ChildInput {
  readonly input: Json;
  readonly items: number;
}

/** Bytes of `{"Items":[],"BatchInput":}` and a comma an item, which count towards the limit. */
const batchFrameBytes = 26;

/**
 * Inputs of the child workflows: an item each, or with ItemBatcher `{BatchInput, Items}` of as many items as the limits
 * let in.
 */
export async function childInputs(
  state: MapState,
  items: readonly MapItem[],
  scope: EvaluationScope,
  evaluator: TemplateEvaluator,
): Promise<ChildInput[]> {
  const selected: Json[] = [];
  for (const item of items) selected.push(await selectItem(state.ItemSelector, item, scope, evaluator));
  const batcher = state.ItemBatcher;
  if (!batcher) return selected.map((input) => ({ input, items: 1 }));
  const evaluate = async (template: Json | undefined, field: string, otherwise: number) =>
    template === undefined ? otherwise : wholeNumber(await evaluator.evaluate(template, scope, field), field);
  const mostItems = await evaluate(batcher.MaxItemsPerBatch, 'MaxItemsPerBatch', Number.MAX_SAFE_INTEGER);
  const mostBytes = await evaluate(batcher.MaxInputBytesPerBatch, 'MaxInputBytesPerBatch', payloadLimitBytes);
  const batchInput =
    batcher.BatchInput === undefined
      ? undefined
      : await evaluator.evaluate(batcher.BatchInput, scope, 'BatchInput');
  if (batchInput !== undefined && !isObject(batchInput)) {
    throw new StateError('States.QueryEvaluationError', "The field 'BatchInput' must yield an object.");
  }
  const fixedBytes =
    batchFrameBytes + (batchInput === undefined ? 0 : Buffer.byteLength(JSON.stringify(batchInput)));
  return batches(selected, mostItems, mostBytes - fixedBytes).map((Items) => ({
    input: { ...(batchInput === undefined ? {} : { BatchInput: batchInput }), Items },
    items: Items.length,
  }));
}

/**
 * Splits items into runs of at most so many items and bytes.
 * @throws StateError where one item alone is above the limit
 */
function batches(items: readonly Json[], mostItems: number, mostBytes: number): Json[][] {
  const result: Json[][] = [];
  let current: Json[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (itemBytes > mostBytes) {
      throw new StateError('States.DataLimitExceeded', 'An item is above MaxInputBytesPerBatch by itself.');
    }
    if (current.length >= mostItems || bytes + itemBytes > mostBytes) {
      result.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += itemBytes;
  }
  if (current.length > 0) result.push(current);
  return result;
}
