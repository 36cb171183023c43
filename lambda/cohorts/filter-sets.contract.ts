import {
  type FieldName,
  fieldOf,
  isNumberField,
  type NumberFieldName,
  type ValueFieldName,
} from './filter-fields.contract';
import {
  above,
  allNumbers,
  below,
  type Domain,
  holesOf,
  type Interval,
  intersectionOf,
  isPoint,
  pointsOf,
  unionOf,
} from './filter-intervals.contract';
import type { Condition } from './filter-tree.contract';
import { ethnicGroups } from './filter-values.contract';

/**
 * What a condition on one field lets through, as a set: of the field's values, and whether a value that is not known
 * is among them. Once no `not` is left, a filter is made of such sets by `and` and `or` alone; there "unknown" and
 * "false" come to the same, so the sets of a field can be cut and joined.
 */
export type FieldSet = ValueSet | NumberSet;

interface ValueSet {
  readonly field: ValueFieldName;
  readonly unknown: boolean;
  /** The values, or all but these. */
  readonly values: ReadonlySet<string>;
  readonly allBut: boolean;
}

interface NumberSet {
  readonly field: NumberFieldName;
  readonly unknown: boolean;
  readonly intervals: readonly Interval[];
}

type FieldCondition = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

const isNumberSet = (set: FieldSet): set is NumberSet => 'intervals' in set;

function domainOf(name: NumberFieldName): Domain {
  const field = fieldOf(name);
  return field.kind === 'number' && field.whole
    ? { whole: true, low: field.minimum, high: field.maximum }
    : { whole: false };
}

/** All values of a field where the lake holds no other, in their order. */
function completeValues(name: FieldName): readonly string[] | null {
  const field = fieldOf(name);
  return field.kind === 'coded' && field.complete ? field.values.map(({ value }) => value) : null;
}

function valueSet(
  field: ValueFieldName,
  values: ReadonlySet<string>,
  allBut: boolean,
  unknown = false,
): ValueSet {
  const complete = completeValues(field);
  if (!allBut || complete === null) return { field, unknown, values, allBut };
  return { field, unknown, values: new Set(complete.filter((each) => !values.has(each))), allBut: false };
}

const numberSet = (field: NumberFieldName, intervals: readonly Interval[], unknown = false): NumberSet => ({
  field,
  unknown,
  intervals: unionOf(intervals, [], domainOf(field)),
});

/** The set of a condition, or of its negation. Ethnic groups become categories. */
export function setOf(condition: FieldCondition, negate: boolean): FieldSet {
  switch (condition.kind) {
    case 'known': {
      const field = condition.field === 'ethnic_group' ? 'ethnic_category' : condition.field;
      const isKnown = condition.negated === negate;
      return isNumberField(field)
        ? numberSet(field, isKnown ? allNumbers : [], !isKnown)
        : valueSet(field, new Set(), isKnown, !isKnown);
    }
    case 'in-values': {
      const { field, values, negated } = condition;
      if (field !== 'ethnic_group') return valueSet(field, new Set(values), negated !== negate);
      const categories = values.flatMap((group): readonly string[] => categoriesOf(group));
      return valueSet('ethnic_category', new Set(categories), negated !== negate);
    }
    case 'in-numbers':
      return condition.negated === negate
        ? numberSet(condition.field, pointsOf(condition.numbers))
        : numberSet(condition.field, withHoles(condition.numbers));
    case 'compares':
      return numberSet(condition.field, sideOf(condition, negate));
  }
}

export const categoriesOf = (group: string): readonly string[] =>
  Object.hasOwn(ethnicGroups, group) ? ethnicGroups[group as keyof typeof ethnicGroups] : [];

function withHoles(numbers: readonly number[]): readonly Interval[] {
  const holes = [...new Set(numbers)].sort((left, right) => left - right);
  const edges = [Number.NEGATIVE_INFINITY, ...holes, Number.POSITIVE_INFINITY];
  return edges.slice(1).map((high, index) => ({
    low: edges[index] ?? high,
    lowIncluded: false,
    high,
    highIncluded: false,
  }));
}

function sideOf(
  { operator, number }: Extract<Condition, { kind: 'compares' }>,
  negate: boolean,
): readonly Interval[] {
  switch (operator) {
    case '<':
      return negate ? above(number, true) : below(number, false);
    case '<=':
      return negate ? above(number, false) : below(number, true);
    case '>':
      return negate ? below(number, true) : above(number, false);
    case '>=':
      return negate ? below(number, false) : above(number, true);
  }
}

/** What is in both (`and`) or in either (`or`) of two sets of a field. */
export function combined(kind: 'and' | 'or', left: FieldSet, right: FieldSet): FieldSet {
  const both = kind === 'and';
  const unknown = both ? left.unknown && right.unknown : left.unknown || right.unknown;
  if (isNumberSet(left) && isNumberSet(right)) {
    const work = both ? intersectionOf : unionOf;
    const intervals = work(left.intervals, right.intervals, domainOf(left.field));
    return { field: left.field, unknown, intervals };
  }
  if (isNumberSet(left) || isNumberSet(right)) throw new Error('sets of different fields');
  const allBut = both ? left.allBut && right.allBut : left.allBut || right.allBut;
  // The values of a set are those it holds, or lacks: what belongs to the result is asked of each that either names.
  const values = [...left.values, ...right.values].filter((value) => {
    const inside = both
      ? holds(left, value) && holds(right, value)
      : holds(left, value) || holds(right, value);
    return inside !== allBut;
  });
  return { field: left.field, unknown, values: new Set(values), allBut };
}

const holds = ({ values, allBut }: ValueSet, value: string): boolean => values.has(value) !== allBut;

export function isEmpty(set: FieldSet): boolean {
  if (set.unknown) return false;
  return isNumberSet(set) ? set.intervals.length === 0 : set.values.size === 0 && !set.allBut;
}

const holdsAllKnown = (set: FieldSet): boolean =>
  isNumberSet(set)
    ? holesOf(set.intervals, domainOf(set.field))?.length === 0
    : set.allBut
      ? set.values.size === 0
      : set.values.size === completeValues(set.field)?.length;

export const isFull = (set: FieldSet): boolean => set.unknown && holdsAllKnown(set);

/** The conditions one of which must hold for a value to be in the set; none for the empty set. */
export function conditionsOf(set: FieldSet): readonly Condition[] {
  const { field } = set;
  const unknown: Condition[] = set.unknown ? [{ kind: 'known', field, negated: true }] : [];
  if (holdsAllKnown(set)) return [{ kind: 'known', field, negated: false }, ...unknown];
  return [...(isNumberSet(set) ? numberConditions(set) : valueConditions(set)), ...unknown];
}

function valueConditions({ field, values, allBut }: ValueSet): readonly Condition[] {
  if (values.size === 0) return [];
  const order = completeValues(field) ?? [...values].sort();
  return [{ kind: 'in-values', field, negated: allBut, values: order.filter((each) => values.has(each)) }];
}

function numberConditions({ field, intervals }: NumberSet): readonly Condition[] {
  const holes = holesOf(intervals, domainOf(field));
  if (holes !== null) return [{ kind: 'in-numbers', field, negated: true, numbers: holes }];
  const points = intervals.filter(isPoint).map(({ low }) => low);
  return [
    ...(points.length === 0
      ? []
      : [{ kind: 'in-numbers', field, negated: false, numbers: points } satisfies Condition]),
    ...intervals.filter((each) => !isPoint(each)).map((each) => intervalCondition(field, each)),
  ];
}

function intervalCondition(field: NumberFieldName, interval: Interval): Condition {
  const { low, lowIncluded, high, highIncluded } = interval;
  const domain = domainOf(field);
  const ends: Condition[] = [];
  if (Number.isFinite(low) && !(domain.whole && low === domain.low))
    ends.push({ kind: 'compares', field, operator: lowIncluded ? '>=' : '>', number: low });
  if (Number.isFinite(high) && !(domain.whole && high === domain.high))
    ends.push({ kind: 'compares', field, operator: highIncluded ? '<=' : '<', number: high });
  const [first] = ends;
  return ends.length === 1 && first !== undefined ? first : { kind: 'and', operands: ends };
}
