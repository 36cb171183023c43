import { FilterError, filterErrorCodes } from '../../lambda/cohorts/filter-error.contract';
import { fieldNames, fieldOf, filterFields, isFieldName } from '../../lambda/cohorts/filter-fields.contract';
import { filterDepth, filterItems, parseFilter } from '../../lambda/cohorts/filter-parser.contract';
import { filterLength } from '../../lambda/cohorts/filter-tokens.contract';
import { readDocument, sectionOf } from './documents';

/** docs/filters.md is held to the fields, operators, values, limits and errors that filters have. */

const text = readDocument('docs/filters.md');
const section = (heading: string): string => sectionOf(text, heading);
const codesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

interface Row {
  readonly field: string;
  readonly level: string;
  readonly values: string;
}

/** A row a field, also of those that share one. */
const rows: readonly Row[] = [...section('## Fields').matchAll(/^\| (`.*) \| (.*) \| (.*) \|$/gm)].flatMap(
  ([, names = '', levels = '', values = '']) => {
    const fields = codesIn(names);
    const ofField = levels.split(', ');
    return fields.map((field, at) => ({ field, level: ofField[at] ?? ofField[0] ?? '', values }));
  },
);

const known = rows.flatMap(({ field, ...rest }) =>
  isFieldName(field) ? [{ field, ...rest, rule: fieldOf(field) }] : [],
);

const isFilter = (filter: string): boolean => {
  try {
    parseFilter(filter);
    return true;
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
};

describe('docs/filters.md', () => {
  it('has every field once, in the order of conditions, and no other', () => {
    expect(rows.map(({ field }) => field)).toEqual([...fieldNames]);
  });

  it('says whose property each field is', () => {
    expect(known.map(({ field, level }) => [field, level])).toEqual(
      known.map(({ field, rule }) => [field, rule.level]),
    );
  });

  it('has the bounds of each number that has some', () => {
    const bounded = known.flatMap(({ field, values, rule }) => {
      const [, least, most] = /(?:^|[ ,])(\d+)(?: \([^)]*\))? to (\d+)/.exec(values) ?? [];
      return rule.kind === 'number' && least !== undefined ? [[field, Number(least), Number(most)]] : [];
    });
    expect(bounded).toEqual(
      known.flatMap(({ field, rule }) =>
        // of instances the table names no bound: there is no more in a series
        rule.kind === 'number' && field !== 'instances' ? [[field, rule.minimum, rule.maximum]] : [],
      ),
    );
  });

  it('shows no value that a field does not have', () => {
    const shown = known.flatMap(({ field, values, rule }) =>
      rule.kind === 'number' ? [] : codesIn(values).map((value) => `${field} = ${value}`),
    );
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.filter((filter) => !isFilter(filter))).toEqual([]);
  });

  it('has every value of the fields that have few, and the first and last of those that have a row of them', () => {
    for (const { field, values, rule } of known) {
      if (rule.kind !== 'coded' || !rule.complete) continue;
      const shown = [...new Set(codesIn(values))];
      const names = rule.values.map(({ name }) => name);
      if (names.length <= 5) expect([field, ...shown].sort()).toEqual([field, ...names].sort());
      else if (field === 'age_band' || field === 'ethnic_category') {
        expect(shown[0]).toBe(names[0]);
        expect(shown.at(-1)).toBe(names.at(-1));
      }
    }
    expect(section('## Fields')).toContain(`the ${filterFields.ethnic_category.values.length} groups`);
  });

  it('has the operators that numbers and other fields have', () => {
    const [line = ''] = section('## Operators').trim().split('\n');
    const [all = '', ofNumbers = ''] = line.split('numbers also');
    const filterWith = (field: string, value: string, operator: string): string =>
      `${field} ${operator.replace('(…)', `(${value})`)}${/[=<>]$/.test(operator) ? ` ${value}` : ''}`;
    for (const operator of codesIn(all))
      for (const [field, value] of [
        ['age', '5'],
        ['sex', 'male'],
        ['model', 'x'],
      ] as const)
        expect([operator, isFilter(filterWith(field, value, operator))]).toEqual([operator, true]);
    for (const operator of codesIn(ofNumbers.split('Conditions')[0] ?? '')) {
      expect([operator, isFilter(filterWith('age', '5', operator))]).toEqual([operator, true]);
      expect([operator, isFilter(filterWith('sex', 'male', operator))]).toEqual([operator, false]);
    }
    // the parser names all that there are where none stands
    const named = (field: string) => {
      try {
        parseFilter(`${field} of 5`);
      } catch (error) {
        if (error instanceof FilterError) return error.fault.expected.split(': ')[1]?.split(', ') ?? [];
      }
      throw new Error('no fault');
    };
    const plain = (operators: readonly string[]) => operators.map((each) => each.replace(' (…)', '')).sort();
    expect(plain(codesIn(all))).toEqual(named('sex').sort());
    expect(plain([...codesIn(all), ...codesIn(ofNumbers.split('Conditions')[0] ?? '')])).toEqual(
      named('age').sort(),
    );
  });

  it('has the limits and the errors of the parser', () => {
    expect(text).toContain(
      `${filterLength.toLocaleString('en-GB')} signs, ${filterItems} conditions and values, and ${filterDepth} brackets`,
    );
    const errors = [...section('## Errors').matchAll(/^\| (`FILTER.*?) \|/gm)].flatMap(([, cell = '']) =>
      codesIn(cell),
    );
    expect(errors.sort()).toEqual([...filterErrorCodes].sort());
  });

  it('shows filters that can be read', () => {
    const block = /```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const shown = block.trim().split('\n');
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.filter((filter) => !isFilter(filter))).toEqual([]);
    const inProse = codesIn(text.replace(block, '').replaceAll('```', '').replaceAll('\n', ' ')).filter(
      (code) => / (!?=|is|in|<=?|>=?) /.test(code) && !code.includes('…'),
    );
    expect(inProse.length).toBeGreaterThan(4);
    expect(inProse.filter((filter) => !isFilter(filter))).toEqual([]);
  });
});
