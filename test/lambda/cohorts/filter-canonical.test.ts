import fc from 'fast-check';
import { canonicalFilter } from '../../../lambda/cohorts/filter-canonical.contract';
import { parseFilter } from '../../../lambda/cohorts/filter-parser.contract';
import { filterText } from '../../../lambda/cohorts/filter-text.contract';
import type { Condition } from '../../../lambda/cohorts/filter-tree.contract';
import { conditions } from './random-filters';

const canonical = (text: string) => filterText(canonicalFilter(parseFilter(text)));
const canonicalText = (condition: Condition) => filterText(canonicalFilter(condition));

it.each([
  ['age>=18 and modality=CR', 'modality = CR and age >= 18'],
  ['not (age < 18 or not modality = CR)', 'modality = CR and age >= 18'],
  ['age > 17 and age >= 3', 'age >= 18'],
  ['age in (1, 2, 3)', 'age >= 1 and age <= 3'],
  ['not age = 5', 'age != 5'],
  ['age >= 0', 'age is known'],
  ['imd_decile < 1', 'modality is known and modality is not known'],
  ['imd_decile not in (1, 2)', 'imd_decile >= 3'],
  ['kvp < 70 or kvp > 70', 'kvp != 70'],
  ['kvp > 60 and kvp <= 60.5', 'kvp > 60 and kvp <= 60.5'],
  ['sex != male', 'sex in (female, not-specified)'],
  ['modality != CR and modality != DX', 'modality not in (CR, DX)'],
  ['modality = CR or modality in (DX, CR)', 'modality in (CR, DX)'],
  ['ethnic_group = asian', 'ethnic_category in (H, J, K, L, R)'],
  ['ethnic_group is known', 'ethnic_category is known'],
  ['sex is known or sex is not known', ''],
  ['age_band in (0-9,10-19,20-29,30-39,40-49,50-59,60-69,70-79,80-89,90+)', 'age_band is known'],
  ['age < 5 and age > 5', 'modality is known and modality is not known'],
  ['modality = CR or (modality = CR and age > 5)', 'modality = CR'],
  ['modality = CR and (modality in (CR, DX) or age > 5)', 'modality = CR'],
  ['age > 5 or (sex = male and age > 7)', 'age >= 6'],
  ['manufacturer = "ge medical systems"', 'manufacturer = "GE MEDICAL SYSTEMS"'],
])('%s is written as %s', (text, expected) => {
  expect(canonical(text)).toBe(expected);
});

it('does not take an unknown value for one that differs', () => {
  expect(canonical('modality = CR or modality != CR')).toBe('modality is known');
});

it('is its own canonical form, as a tree and as a text', () => {
  fc.assert(
    fc.property(conditions, (condition) => {
      const form = canonicalFilter(condition);
      expect(canonicalFilter(form)).toEqual(form);
      expect(parseFilter(filterText(form))).toEqual(form);
    }),
    { seed: 603, numRuns: 1000 },
  );
});

/** The same condition in other words. */
function inOtherWords(condition: Condition): Condition {
  switch (condition.kind) {
    case 'not':
      return { kind: 'not', operand: inOtherWords(condition.operand) };
    case 'and':
    case 'or': {
      const operands = condition.operands.map(inOtherWords).reverse();
      return {
        kind: 'not',
        operand: {
          kind: condition.kind === 'and' ? 'or' : 'and',
          operands: operands.map((operand) => ({ kind: 'not', operand })),
        },
      };
    }
    case 'known':
      return { kind: 'not', operand: { ...condition, negated: !condition.negated } };
    case 'in-numbers':
    case 'in-values': {
      const twice: Condition = { kind: 'and', operands: [condition, condition] };
      return { kind: 'or', operands: [twice, condition] };
    }
    case 'compares': {
      const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
      return { kind: 'not', operand: { ...condition, operator: opposite[condition.operator] } };
    }
  }
}

it('is the same whatever the order, the brackets, the use of not, and repetitions', () => {
  fc.assert(
    fc.property(conditions, (condition) => {
      expect(canonicalText(inOtherWords(condition))).toBe(canonicalText(condition));
    }),
    { seed: 604, numRuns: 1000 },
  );
});
