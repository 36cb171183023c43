import type { ConditionContext } from '../service';

/** Condition keys of one request, ready to be looked up: names in lower case, every value a list. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

const NONE: RequestContext = new Map();

/** Merges contexts; a later one replaces keys of an earlier one, and an empty list removes a key. */
export function requestContext(...contexts: readonly ConditionContext[]): RequestContext {
  return extendedContext(NONE, contexts);
}

/** A context with others merged onto it; it stays as it is. */
export function extendedContext(base: RequestContext, contexts: readonly ConditionContext[]): RequestContext {
  const merged = new Map(base);
  for (const context of contexts) {
    for (const name in context) {
      const value = context[name];
      if (value === undefined) continue;
      const values = typeof value === 'string' ? [value] : value;
      if (values.length === 0) merged.delete(name.toLowerCase());
      else merged.set(name.toLowerCase(), values);
    }
  }
  return merged;
}
