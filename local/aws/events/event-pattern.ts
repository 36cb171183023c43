/**
 * Event patterns of EventBridge
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html): an operator that is not
 * known here is refused when the rule is made.
 */

type Scalar = string | number | boolean | null;

/** Tests the values found at a leaf: none where the event lacks the member, several where it is a list. */
type LeafTest = (values: readonly Scalar[]) => boolean;

/** A pattern, checked and ready to be matched. */
export type EventPattern = ReadonlyMap<string, EventPattern | LeafTest>;

/** A pattern that EventBridge, or this platform, does not accept. */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPattern';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function text(value: unknown, operator: string): string {
  if (typeof value === 'string') return value;
  throw new InvalidEventPattern(`${operator} takes text`);
}

type ValueTest = (value: Scalar) => boolean;

const isText =
  (test: (value: string) => boolean): ValueTest =>
  (value) =>
    typeof value === 'string' && test(value);

function anythingBut(argument: unknown): ValueTest {
  if (isObject(argument)) {
    const [operator, ...others] = Object.keys(argument);
    if (others.length > 0 || (operator !== 'prefix' && operator !== 'suffix')) {
      throw new InvalidEventPattern(`anything-but with ${operator} is not known here`);
    }
    const part = text(argument[operator], 'anything-but');
    return isText((value) => !(operator === 'prefix' ? value.startsWith(part) : value.endsWith(part)));
  }
  const refused = [argument].flat();
  if (!refused.every(isScalar))
    throw new InvalidEventPattern('anything-but takes values, a list of them or a prefix');
  return (value) => !refused.includes(value);
}

function leafTest(operator: string, argument: unknown): LeafTest {
  const some =
    (test: ValueTest): LeafTest =>
    (values) =>
      values.some(test);
  switch (operator) {
    case 'prefix': {
      const part = text(argument, operator);
      return some(isText((value) => value.startsWith(part)));
    }
    case 'suffix': {
      const part = text(argument, operator);
      return some(isText((value) => value.endsWith(part)));
    }
    case 'equals-ignore-case': {
      const whole = text(argument, operator).toLowerCase();
      return some(isText((value) => value.toLowerCase() === whole));
    }
    case 'anything-but':
      return some(anythingBut(argument));
    case 'exists':
      if (typeof argument !== 'boolean') throw new InvalidEventPattern('exists takes true or false');
      return (values) => values.length > 0 === argument;
    default:
      throw new InvalidEventPattern(`The operator ${operator} is not known here`);
  }
}

function parseLeaf(list: readonly unknown[], path: string): LeafTest {
  if (list.length === 0) throw new InvalidEventPattern(`${path} is an empty list, which matches nothing`);
  const tests = list.map((entry): LeafTest => {
    if (isScalar(entry)) return (values) => values.includes(entry);
    if (!isObject(entry)) throw new InvalidEventPattern(`${path} holds a list within a list`);
    const [operator, ...others] = Object.keys(entry);
    if (operator === undefined || others.length > 0)
      throw new InvalidEventPattern(`${path} needs one operator an entry`);
    return leafTest(operator, entry[operator]);
  });
  return (values) => tests.some((test) => test(values));
}

/**
 * Reads a pattern.
 * @throws InvalidEventPattern with the path of what is wrong
 */
export function parseEventPattern(pattern: unknown, path = 'pattern'): EventPattern {
  if (!isObject(pattern)) throw new InvalidEventPattern(`${path} is not an object`);
  const parsed = new Map<string, EventPattern | LeafTest>();
  for (const [name, value] of Object.entries(pattern)) {
    if (name.startsWith('$')) throw new InvalidEventPattern(`${path}.${name} is not known here`);
    const inner = `${path}.${name}`;
    if (Array.isArray(value)) parsed.set(name, parseLeaf(value, inner));
    else parsed.set(name, parseEventPattern(value, inner));
  }
  return parsed;
}

function valuesAt(value: unknown): readonly Scalar[] {
  if (value === undefined) return [];
  return [value].flat().filter(isScalar);
}

/** True where every member that the pattern names fits. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  const members = isObject(event) ? event : {};
  for (const [name, test] of pattern) {
    const value = members[name];
    if (typeof test === 'function' ? !test(valuesAt(value)) : !matchesPattern(test, value)) return false;
  }
  return true;
}
