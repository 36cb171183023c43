import fc from 'fast-check';
import {
  type FieldName,
  fieldNames,
  fieldOf,
  isNumberField,
  type ValueFieldName,
} from '../../../lambda/cohorts/filter-fields.contract';
import type { Condition } from '../../../lambda/cohorts/filter-tree.contract';

/** Few values, so that conditions of a filter meet each other and rows. */
const openValues: Readonly<Record<string, readonly string[]>> = {
  collection: ['chest', 'breast-screening'],
  body_part: ['CHEST', 'BREAST', 'HEAD'],
  view_position: ['PA', 'AP'],
  manufacturer: ['SIEMENS', 'GE MEDICAL SYSTEMS', 'ACME (UK) +1'],
  model: ['ALPHA', 'BETA/2'],
};

/** Values of a field as they stand in a filter's tree. */
export function someValues(name: ValueFieldName): readonly string[] {
  const field = fieldOf(name);
  if (field.kind === 'coded') return field.values.slice(0, 4).map(({ value }) => value);
  return openValues[name] ?? [];
}

/** Numbers of a field, with some between them. */
export function someNumbers(name: FieldName): readonly number[] {
  const field = fieldOf(name);
  if (field.kind !== 'number') return [];
  return field.whole ? [1, 2, 3, 5, 10] : [0.5, 1, 1.5, 3, 20];
}

const atom: fc.Arbitrary<Condition> = fc
  .constantFrom(...fieldNames)
  .chain((field): fc.Arbitrary<Condition> => {
    const negated = fc.boolean();
    const known = fc.record({ kind: fc.constant('known' as const), field: fc.constant(field), negated });
    if (!isNumberField(field))
      return fc.oneof(
        { weight: 1, arbitrary: known },
        {
          weight: 4,
          arbitrary: fc.record({
            kind: fc.constant('in-values' as const),
            field: fc.constant(field),
            negated,
            values: fc.array(fc.constantFrom(...someValues(field)), { minLength: 1, maxLength: 3 }),
          }),
        },
      );
    const number = fc.constantFrom(...someNumbers(field));
    return fc.oneof(
      { weight: 1, arbitrary: known },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('in-numbers' as const),
          field: fc.constant(field),
          negated,
          numbers: fc.array(number, { minLength: 1, maxLength: 3 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('compares' as const),
          field: fc.constant(field),
          operator: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
          number,
        }),
      },
    );
  });

/** Conditions as they may be written, brackets that change nothing left out. */
export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.record({ kind: fc.constant('not' as const), operand: tie('condition') }),
    fc
      .record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
      })
      .map(({ kind, operands }) => ({
        kind,
        operands: operands.flatMap((each) => (each.kind === kind ? each.operands : [each])),
      })),
  ),
})).condition;
