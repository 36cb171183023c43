import { type FieldName, fieldOf } from '../../../lambda/cohorts/filter-fields.contract';
import type { Condition, Filter } from '../../../lambda/cohorts/filter-tree.contract';
import { ethnicGroups } from '../../../lambda/cohorts/filter-values.contract';

export type SeriesRow = Readonly<Record<string, string | number | boolean | null>>;

/** Whether a filter takes a row, by the words of docs/filters.md: null is "unknown". */
export const takes = (filter: Filter, row: SeriesRow): boolean =>
  filter.kind === 'everything' || truth(filter, row) === true;

function truth(condition: Condition, row: SeriesRow): boolean | null {
  switch (condition.kind) {
    case 'not': {
      const inner = truth(condition.operand, row);
      return inner === null ? null : !inner;
    }
    case 'and':
    case 'or': {
      const deciding = condition.kind === 'or';
      const truths = condition.operands.map((each) => truth(each, row));
      if (truths.includes(deciding)) return deciding;
      return truths.includes(null) ? null : !deciding;
    }
    case 'known':
      return (namedValue(condition.field, row) !== null) !== condition.negated;
    default: {
      const value = namedValue(condition.field, row);
      if (value === null) return null;
      if (condition.kind === 'compares') return compares(Number(value), condition.operator, condition.number);
      const listed: readonly (string | number)[] =
        condition.kind === 'in-numbers' ? condition.numbers : condition.values;
      return listed.includes(value) !== condition.negated;
    }
  }
}

function compares(value: number, operator: '<' | '<=' | '>' | '>=', number: number): boolean {
  if (value === number) return operator.endsWith('=');
  return value < number === operator.startsWith('<');
}

/** A row's value as a filter names it. */
function namedValue(name: FieldName, row: SeriesRow): string | number | null {
  const value = row[fieldOf(name).column] ?? null;
  if (name === 'ethnic_group')
    return (
      Object.entries(ethnicGroups).find(([, categories]) => categories.some((each) => each === value))?.[0] ??
      null
    );
  if (typeof value === 'number' || value === null) return value;
  return name === 'manufacturer' || name === 'model' ? String(value).toUpperCase() : String(value);
}
