import { type FieldName, fieldOf } from './filter-fields.contract';
import type { Condition, Filter } from './filter-tree.contract';

/** The text of a filter: reads back as the same tree. */
export const filterText = (filter: Filter): string =>
  filter.kind === 'everything' ? '' : conditionText(filter);

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.map(operandText).join(` ${condition.kind} `);
    case 'not':
      return `not ${operandText(condition.operand)}`;
    case 'known':
      return `${condition.field} is ${condition.negated ? 'not ' : ''}known`;
    case 'compares':
      return `${condition.field} ${condition.operator} ${condition.number}`;
    case 'in-numbers':
      return listText(condition.field, condition.negated, condition.numbers.map(String));
    case 'in-values':
      return listText(
        condition.field,
        condition.negated,
        condition.values.map((value) => valueText(condition.field, value)),
      );
  }
}

/** In brackets wherever `and`, `or` or `not` could be read otherwise, or stands inside another. */
const operandText = (condition: Condition): string =>
  condition.kind === 'and' || condition.kind === 'or'
    ? `(${conditionText(condition)})`
    : conditionText(condition);

const listText = (field: FieldName, negated: boolean, items: readonly string[]): string =>
  items.length === 1
    ? `${field} ${negated ? '!=' : '='} ${items[0]}`
    : `${field} ${negated ? 'not in' : 'in'} (${items.join(', ')})`;

/** Words of the language, which stand in quotation marks as values. */
const keyword = /^(?:and|or|not|in|is|known)$/i;
const plainWord = /^[A-Za-z0-9][A-Za-z0-9_.+-]*$/;

function valueText(name: FieldName, value: string): string {
  const field = fieldOf(name);
  const text =
    field.kind === 'coded' ? (field.values.find((each) => each.value === value)?.name ?? value) : value;
  return plainWord.test(text) && !keyword.test(text) ? text : `"${text}"`;
}
