import { type FieldName, fieldNames } from './filter-fields.contract';
import { combined, conditionsOf, type FieldSet, isEmpty, isFull, setOf } from './filter-sets.contract';
import { filterText } from './filter-text.contract';
import type { Condition, Filter } from './filter-tree.contract';

/**
 * A filter in the form in which the log of queries and cohorts keep it. Filters that differ in order, brackets, `not`,
 * repetitions, the way a field's values are spelt, or by a part that another part makes superfluous have the same form.
 * It does not multiply out: `(a or b) and (a or c)` stays apart from `a or (b and c)`.
 */
export function canonicalFilter(filter: Filter): Filter {
  return filter.kind === 'everything' ? filter : treeOf(normalOf(filter, false));
}

/** Without `not`; in `and` and `or` one set a field, and parts of the other kind. */
type Normal = { readonly kind: 'everything' } | { readonly kind: 'nothing' } | Part;

type Part = { readonly kind: 'set'; readonly set: FieldSet } | Joint;

interface Joint {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Part[];
}

/** `not` is moved inwards by De Morgan's laws, which hold for three truth values too, until a set takes it in. */
function normalOf(condition: Condition, negate: boolean): Normal {
  switch (condition.kind) {
    case 'not':
      return normalOf(condition.operand, !negate);
    case 'and':
    case 'or':
      return joint(
        (condition.kind === 'and') === negate ? 'or' : 'and',
        condition.operands.map((each) => normalOf(each, negate)),
      );
    default:
      return simple(setOf(condition, negate));
  }
}

const simple = (set: FieldSet): Normal =>
  isEmpty(set) ? { kind: 'nothing' } : isFull(set) ? { kind: 'everything' } : { kind: 'set', set };

function joint(kind: 'and' | 'or', members: readonly Normal[]): Normal {
  const deciding = kind === 'and' ? 'nothing' : 'everything';
  const neutral = kind === 'and' ? 'everything' : 'nothing';
  const sets = new Map<FieldName, FieldSet>();
  const others = new Map<string, Part>();
  for (const member of members) {
    if (member.kind === deciding) return member;
    for (const part of partsOf(kind, member))
      if (part.kind === 'set') {
        const before = sets.get(part.set.field);
        sets.set(part.set.field, before ? combined(kind, before, part.set) : part.set);
      } else others.set(textOf(part), part);
  }
  const ofFields = fieldNames.flatMap((name) => sets.get(name) ?? []).map(simple);
  if (ofFields.some((each) => each.kind === deciding)) return { kind: deciding };
  const parts = [
    ...ofFields.flatMap((each) => partsOf(kind, each)),
    ...[...others].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, other]) => other),
  ];
  const needed = parts.filter((part) => !parts.some((other) => other !== part && absorbs(kind, other, part)));
  const [first] = needed;
  if (first === undefined) return { kind: neutral };
  return needed.length === 1 ? first : { kind, parts: needed };
}

/** The parts that a member brings to `and` or `or`. */
function partsOf(kind: 'and' | 'or', member: Normal): readonly Part[] {
  if (member.kind === 'everything' || member.kind === 'nothing') return [];
  return member.kind === kind ? member.parts : [member];
}

const isJoint = (part: Part): part is Joint => part.kind !== 'set';

/** Whether `part`, of the other kind, changes nothing beside `other`: `a or (a and b)` is `a`, `a and (a or b)` too. */
function absorbs(kind: 'and' | 'or', other: Part, part: Part): boolean {
  if (!isJoint(part)) return false;
  const within = (small: Part, large: Part): boolean =>
    kind === 'or' ? implies(small, large) : implies(large, small);
  if (!isJoint(other)) return part.parts.some((each) => within(each, other));
  return other.parts.every((needed) => part.parts.some((each) => within(each, needed)));
}

/** Whether every row of one is a row of the other, as far as sets and equal texts tell. */
function implies(small: Part, large: Part): boolean {
  if (small.kind !== 'set' || large.kind !== 'set') return textOf(small) === textOf(large);
  if (small.set.field !== large.set.field) return false;
  return textOf(simple(combined('and', small.set, large.set))) === textOf(small);
}

const textOf = (normal: Normal): string => filterText(treeOf(normal));

function treeOf(normal: Normal): Filter {
  if (normal.kind === 'everything') return { kind: 'everything' };
  if (normal.kind === 'nothing') return never;
  return conditionOf(normal);
}

const conditionOf = (normal: Exclude<Normal, { kind: 'everything' | 'nothing' }>): Condition =>
  normal.kind === 'set'
    ? joined('or', conditionsOf(normal.set))
    : joined(normal.kind, normal.parts.map(conditionOf));

/** What no row has, in words of the language. */
const never: Condition = {
  kind: 'and',
  operands: [
    { kind: 'known', field: 'modality', negated: false },
    { kind: 'known', field: 'modality', negated: true },
  ],
};

function joined(kind: 'and' | 'or', operands: readonly Condition[]): Condition {
  const [first] = operands;
  if (operands.length === 1 && first !== undefined) return first;
  return { kind, operands: operands.flatMap((each) => (each.kind === kind ? each.operands : [each])) };
}
