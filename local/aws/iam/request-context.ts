import type { ConditionContext } from '../service';

/** Condition keys of one request, ready to be looked up: names in lower case, every value a list. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** Merges contexts; a later one replaces keys of an earlier one, and an empty list removes a key. */
export function requestContext(...contexts: readonly (ConditionContext | undefined)[]): RequestContext {
  const merged = new Map<string, readonly string[]>();
  for (const context of contexts) {
    if (context === undefined) continue;
    for (const [name, value] of Object.entries(context)) {
      const values = typeof value === 'string' ? [value] : value;
      if (values.length === 0) merged.delete(name.toLowerCase());
      else merged.set(name.toLowerCase(), values);
    }
  }
  return merged;
}
