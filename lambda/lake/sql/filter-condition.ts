import {
  type FieldName,
  fieldOf,
  type NumberFieldName,
  type ValueFieldName,
} from '../../cohorts/filter-fields.contract';
import { categoriesOf } from '../../cohorts/filter-sets.contract';
import type { Condition, Filter } from '../../cohorts/filter-tree.contract';
import { doubleLiteral, integerLiteral, stringLiteral } from './literals';

/** A filter as a condition on a row of `released_series`; `row` is the name by which the row is known in the text. */
export const filterCondition = (filter: Filter, row: string): string =>
  filter.kind === 'everything' ? 'TRUE' : conditionSql(filter, row);

function conditionSql(condition: Condition, row: string): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands
        .map((each) => `(${conditionSql(each, row)})`)
        .join(condition.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT (${conditionSql(condition.operand, row)})`;
    case 'known':
      return `${column(condition.field, row)} IS ${condition.negated ? '' : 'NOT '}NULL`;
    case 'compares':
      return `${column(condition.field, row)} ${condition.operator} ${number(condition.field, condition.number)}`;
    case 'in-numbers':
      return within(
        column(condition.field, row),
        condition.negated,
        condition.numbers.map((each) => number(condition.field, each)),
      );
    case 'in-values':
      return within(
        comparedColumn(condition.field, row),
        condition.negated,
        valueLiterals(condition.field, condition.values),
      );
  }
}

const column = (name: FieldName, row: string): string => `${row}.${fieldOf(name).column}`;

/** Names of makers and models are compared in capitals, which is how a filter holds them. */
function comparedColumn(name: ValueFieldName, row: string): string {
  const field = fieldOf(name);
  const plain = column(name, row);
  return field.kind === 'open' && field.letters === 'any' ? `upper(${plain})` : plain;
}

function valueLiterals(name: ValueFieldName, values: readonly string[]): readonly string[] {
  if (name === 'contrast') return values.map((value) => (value === 'true' ? 'TRUE' : 'FALSE'));
  return (name === 'ethnic_group' ? values.flatMap(categoriesOf) : values).map(stringLiteral);
}

function number(name: NumberFieldName, value: number): string {
  const field = fieldOf(name);
  return field.kind === 'number' && field.whole ? integerLiteral(value) : doubleLiteral(value);
}

const within = (column: string, negated: boolean, literals: readonly string[]): string =>
  literals.length === 1
    ? `${column} ${negated ? '<>' : '='} ${literals[0]}`
    : `${column} ${negated ? 'NOT IN' : 'IN'} (${literals.join(', ')})`;
