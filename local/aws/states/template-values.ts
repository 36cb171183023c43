import { type EvaluationScope, isArray, isObject, type TemplateEvaluator } from './jsonata-template';
import type { Json } from './payload-limits';
import { StateError } from './state-error';

/** @throws StateError where a field does not yield a whole number of 0 or more */
export function wholeNumber(value: Json, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new StateError('States.QueryEvaluationError', `The field '${field}' must yield a whole number.`);
}

/** An item of a Map state as `$states.context.Map.Item` shows it. */
export interface MapItem {
  readonly Index: number;
  readonly Value: Json;
  /** Where the items are the members of an object. */
  readonly Key?: string;
}

/**
 * Items of an array, or of an object member by member.
 * @throws StateError where the value is neither
 */
export function mapItems(value: Json, field: string): MapItem[] {
  if (isArray(value)) return value.map((Value, Index) => ({ Index, Value }));
  if (isObject(value)) return Object.entries(value).map(([Key, Value], Index) => ({ Index, Value, Key }));
  throw new StateError(
    'States.QueryEvaluationError',
    `The field '${field}' must yield an array or an object.`,
  );
}

/** Input of an iteration: the item, or what ItemSelector makes of it. */
export async function selectItem(
  selector: Json | undefined,
  item: MapItem,
  scope: EvaluationScope,
  evaluator: TemplateEvaluator,
): Promise<Json> {
  if (selector === undefined) return item.Value;
  const context = scope.states.context as Readonly<Record<string, Json>>;
  const within = {
    ...scope,
    states: { ...scope.states, context: { ...context, Map: { Item: { ...item } } } },
  };
  return evaluator.evaluate(selector, within, 'ItemSelector');
}
