import type { FieldName, NumberFieldName, ValueFieldName } from './filter-fields.contract';

/**
 * A filter as a tree. Conditions have three truth values, as in SQL: one on a value that is not known is neither true
 * nor false but unknown, and so is its negation; a row is taken where the whole is true.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  /** `=`, `!=`, `in`, `not in` of coded and open fields; values as they stand in the lake. */
  | {
      readonly kind: 'in-values';
      readonly field: ValueFieldName;
      readonly negated: boolean;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'in-numbers';
      readonly field: NumberFieldName;
      readonly negated: boolean;
      readonly numbers: readonly number[];
    }
  | {
      readonly kind: 'compares';
      readonly field: NumberFieldName;
      readonly operator: OrderOperator;
      readonly number: number;
    }
  | { readonly kind: 'known'; readonly field: FieldName; readonly negated: boolean };

export type OrderOperator = '<' | '<=' | '>' | '>=';

/** No condition is written as an empty text. */
export type Filter = Condition | { readonly kind: 'everything' };
