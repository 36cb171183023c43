import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { MalformedPolicy } from './malformed-policy';
import { type PolicyText, parsePolicyText, resolvePolicyText } from './policy-variables';
import type { RequestContext } from './request-context';
import { matchesArnPattern, matchesPattern } from './wildcards';

/** One `operator: {key: values}` of a Condition element. */
export interface Condition {
  readonly quantifier: 'single' | 'for-all-values' | 'for-any-value';
  /** Name without quantifier and `IfExists`. */
  readonly operator: string;
  readonly ifExists: boolean;
  /** Condition key in lower case. */
  readonly key: string;
  readonly values: readonly PolicyText[];
}

interface Operator {
  /** `StringNotEquals` and its like hold where the key is absent. */
  readonly negated: boolean;
  readonly wildcards: boolean;
  /** Compares one value of the request with one of the policy; `undefined` where one is not of the operator's type. */
  compare(requestValue: string, policyValue: string): boolean | undefined;
}

type Comparison = Operator['compare'];

const stringEquals: Comparison = (a, b) => a === b;
const stringEqualsIgnoringCase: Comparison = (a, b) => a.toLowerCase() === b.toLowerCase();
const stringLike: Comparison = (a, b) => matchesPattern(b, a);
const arnLike: Comparison = (a, b) => matchesArnPattern(b, a);
const bool: Comparison = (a, b) => a.toLowerCase() === b.toLowerCase();

function ordered(
  read: (text: string) => number | undefined,
  holds: (a: number, b: number) => boolean,
): Comparison {
  return (a, b) => {
    const left = read(a);
    const right = read(b);
    return left === undefined || right === undefined ? undefined : holds(left, right);
  };
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

/** ISO 8601 or seconds since 1970, in milliseconds. */
function readDate(text: string): number | undefined {
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

const inAddressRange: Comparison = (address, range) => {
  const [network, bits] = range.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  const networkFamily = isIPv4(network ?? '') ? 'ipv4' : isIPv6(network ?? '') ? 'ipv6' : undefined;
  if (family === undefined || networkFamily === undefined || network === undefined) return undefined;
  if (family !== networkFamily) return false;
  const list = new BlockList();
  list.addSubnet(network, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  return list.check(address, family);
};

function operators(names: Record<string, [Comparison, { negated?: boolean; wildcards?: boolean }?]>) {
  return new Map<string, Operator>(
    Object.entries(names).map(([name, [compare, how]]) => [
      name,
      { compare, negated: how?.negated ?? false, wildcards: how?.wildcards ?? false },
    ]),
  );
}

const equal = (a: number, b: number) => a === b;
const less = (a: number, b: number) => a < b;
const lessOrEqual = (a: number, b: number) => a <= b;
const greater = (a: number, b: number) => a > b;
const greaterOrEqual = (a: number, b: number) => a >= b;

/** Operators of the IAM JSON policy reference. `Null` is apart: it asks for presence. `BinaryEquals` is not known. */
const OPERATORS = operators({
  StringEquals: [stringEquals],
  StringNotEquals: [stringEquals, { negated: true }],
  StringEqualsIgnoreCase: [stringEqualsIgnoringCase],
  StringNotEqualsIgnoreCase: [stringEqualsIgnoringCase, { negated: true }],
  StringLike: [stringLike, { wildcards: true }],
  StringNotLike: [stringLike, { negated: true, wildcards: true }],
  ArnEquals: [arnLike, { wildcards: true }],
  ArnLike: [arnLike, { wildcards: true }],
  ArnNotEquals: [arnLike, { negated: true, wildcards: true }],
  ArnNotLike: [arnLike, { negated: true, wildcards: true }],
  Bool: [bool],
  NumericEquals: [ordered(readNumber, equal)],
  NumericNotEquals: [ordered(readNumber, equal), { negated: true }],
  NumericLessThan: [ordered(readNumber, less)],
  NumericLessThanEquals: [ordered(readNumber, lessOrEqual)],
  NumericGreaterThan: [ordered(readNumber, greater)],
  NumericGreaterThanEquals: [ordered(readNumber, greaterOrEqual)],
  DateEquals: [ordered(readDate, equal)],
  DateNotEquals: [ordered(readDate, equal), { negated: true }],
  DateLessThan: [ordered(readDate, less)],
  DateLessThanEquals: [ordered(readDate, lessOrEqual)],
  DateGreaterThan: [ordered(readDate, greater)],
  DateGreaterThanEquals: [ordered(readDate, greaterOrEqual)],
  IpAddress: [inAddressRange],
  NotIpAddress: [inAddressRange, { negated: true }],
});

const QUANTIFIERS = { 'ForAllValues:': 'for-all-values', 'ForAnyValue:': 'for-any-value' } as const;

/** Reads one operator of a Condition element. Refuses, by name, an operator that is not known here. */
export function parseConditions(
  operatorText: string,
  keys: Readonly<Record<string, readonly string[]>>,
  variables: boolean,
): Condition[] {
  let name = operatorText;
  let quantifier: Condition['quantifier'] = 'single';
  for (const [prefix, value] of Object.entries(QUANTIFIERS)) {
    if (name.startsWith(prefix)) {
      quantifier = value;
      name = name.slice(prefix.length);
    }
  }
  const ifExists = name.endsWith('IfExists');
  if (ifExists) name = name.slice(0, -'IfExists'.length);
  const known = name === 'Null' ? quantifier === 'single' && !ifExists : OPERATORS.has(name);
  if (!known) throw new MalformedPolicy(`Condition operator ${operatorText} is not known`);
  return Object.entries(keys).map(([key, values]) => ({
    quantifier,
    operator: name,
    ifExists,
    key: key.toLowerCase(),
    values: values.map((value) => parsePolicyText(value, variables)),
  }));
}

/** Whether a condition holds for a request, as the IAM JSON policy reference says for present and absent keys. */
export function conditionHolds(condition: Condition, context: RequestContext): boolean {
  const requestValues = context.get(condition.key) ?? [];
  if (condition.operator === 'Null') {
    const absent = String(requestValues.length === 0);
    return condition.values.some(
      (value) => resolvePolicyText(value, context, false)?.toLowerCase() === absent,
    );
  }
  const operator = OPERATORS.get(condition.operator);
  if (operator === undefined)
    throw new MalformedPolicy(`Condition operator ${condition.operator} is not known`);
  const policyValues = condition.values
    .map((value) => resolvePolicyText(value, context, operator.wildcards))
    .filter((value) => value !== undefined);
  const holdsFor = (requestValue: string) => {
    let matched = false;
    for (const policyValue of policyValues) {
      const result = operator.compare(requestValue, policyValue);
      if (result === undefined && operator.negated) return false;
      if (result === true) matched = true;
    }
    return matched !== operator.negated;
  };
  switch (condition.quantifier) {
    case 'for-all-values':
      return requestValues.every(holdsFor);
    case 'for-any-value':
      return requestValues.some(holdsFor);
    case 'single':
      if (requestValues.length === 0) return condition.ifExists || operator.negated;
      return operator.negated ? requestValues.every(holdsFor) : requestValues.some(holdsFor);
  }
}
