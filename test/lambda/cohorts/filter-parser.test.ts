import fc from 'fast-check';
import { FilterError, shownLength } from '../../../lambda/cohorts/filter-error.contract';
import { fieldNames, filterFields } from '../../../lambda/cohorts/filter-fields.contract';
import { filterDepth, filterItems, parseFilter } from '../../../lambda/cohorts/filter-parser.contract';
import { filterText } from '../../../lambda/cohorts/filter-text.contract';
import { filterLength } from '../../../lambda/cohorts/filter-tokens.contract';
import { conditions } from './random-filters';

function faultOf(text: string) {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error.fault;
    throw error;
  }
  throw new Error('no fault');
}

describe('a filter', () => {
  it('is read with the precedence of SQL: not, and, or', () => {
    const sex = { kind: 'in-values', field: 'sex', negated: false, values: ['2'] };
    const chest = { kind: 'in-values', field: 'body_part', negated: true, values: ['CHEST'] };
    const age = { kind: 'compares', field: 'age', operator: '>=', number: 18 };
    expect(parseFilter('sex = female or not body_part != chest and age >= 18')).toEqual({
      kind: 'or',
      operands: [sex, { kind: 'and', operands: [{ kind: 'not', operand: chest }, age] }],
    });
    expect(parseFilter('(sex=female or body_part!=CHEST) and age>=18')).toEqual({
      kind: 'and',
      operands: [{ kind: 'or', operands: [sex, chest] }, age],
    });
  });

  it('is everything where it is empty', () => {
    expect(parseFilter(' \n')).toEqual({ kind: 'everything' });
  });

  it.each([
    ['SEX = F', 'sex', ['2']],
    ['sex in (1, Male, "not specified")', 'sex', ['1', '1', '9']],
    ['region = "North East"', 'region', ['E12000001']],
    ['region = e12000007', 'region', ['E12000007']],
    ['ethnic_category = a', 'ethnic_category', ['A']],
    ['age_band in (0-9, 90+)', 'age_band', ['0-9', '90+']],
    ['contrast = yes', 'contrast', ['true']],
    ["manufacturer = 'GE Medical Systems'", 'manufacturer', ['GE MEDICAL SYSTEMS']],
    ['collection = Chest', 'collection', ['chest']],
  ])('%s names values as people write them', (text, field, values) => {
    expect(parseFilter(text)).toEqual({ kind: 'in-values', field, negated: false, values });
  });

  it('names numbers, lists of them and what is known', () => {
    expect(parseFilter('kvp not in (70, 80.5)')).toEqual({
      kind: 'in-numbers',
      field: 'kvp',
      negated: true,
      numbers: [70, 80.5],
    });
    expect(parseFilter('imd_decile is not known')).toEqual({
      kind: 'known',
      field: 'imd_decile',
      negated: true,
    });
  });

  it('reads back from its own text', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        expect(parseFilter(filterText(condition))).toEqual(condition);
      }),
      { seed: 601, numRuns: 500 },
    );
  });
});

describe('what is no filter', () => {
  it.each([
    ['modalty=CR', 'FILTER_UNKNOWN_FIELD', 1, 'modalty', 'modality'],
    ['age>=18 and body-part=CHEST', 'FILTER_UNKNOWN_FIELD', 13, 'body-part', 'body_part'],
    ['zzzz = 1', 'FILTER_UNKNOWN_FIELD', 1, 'zzzz', undefined],
    ['modality = CRR', 'FILTER_UNKNOWN_VALUE', 12, 'CRR', 'CR'],
    ['region = londn', 'FILTER_UNKNOWN_VALUE', 10, 'londn', 'london'],
    ['sex = 0', 'FILTER_UNKNOWN_VALUE', 7, '0', undefined],
    ['ethnic_category in (A, Z)', 'FILTER_UNKNOWN_VALUE', 24, 'Z', undefined],
    ['age == 4', 'FILTER_OPERATOR', 5, '==', '='],
    ['age <> 4', 'FILTER_OPERATOR', 5, '<>', '!='],
    ['modality < CT', 'FILTER_OPERATOR', 10, '<', undefined],
    ['age not 5', 'FILTER_OPERATOR', 9, '5', undefined],
    ['sex is unknown', 'FILTER_OPERATOR', 8, 'unknown', undefined],
    ['age = 12.5', 'FILTER_NUMBER', 7, '12.5', undefined],
    ['age = 91', 'FILTER_NUMBER', 7, '91', undefined],
    ['kvp > 1e2', 'FILTER_NUMBER', 7, '1e2', undefined],
    ['kvp > NaN', 'FILTER_NUMBER', 7, 'NaN', undefined],
    ['age >= 18 or', 'FILTER_SYNTAX', 13, '', undefined],
    ['(age >= 18', 'FILTER_SYNTAX', 11, '', undefined],
    ['age >= 18)', 'FILTER_SYNTAX', 10, ')', undefined],
    ['age >= 18 sex = male', 'FILTER_SYNTAX', 11, 'sex', undefined],
    ['age in ()', 'FILTER_SYNTAX', 9, ')', undefined],
    ['model = "alpha', 'FILTER_SYNTAX', 9, '"', undefined],
    ['model = and', 'FILTER_SYNTAX', 9, 'and', undefined],
  ])('%s', (text, code, position, found, nearest) => {
    expect(faultOf(text)).toEqual({ code, position, found, nearest, expected: expect.any(String) });
  });

  it.each([
    'patient_pseudonym = x',
    'trust = RX1',
    'study_instance_uid is known',
    'study_date > 2020',
    'patient_number = 1',
  ])('%s: nobody asks for what identifies', (text) => {
    expect(faultOf(text).code).toBe('FILTER_UNKNOWN_FIELD');
  });

  it('has fields of no column that researchers never see', () => {
    const columns = fieldNames.map((name) => filterFields[name].column);
    expect(columns.filter((name) => /pseudonym|uid|date|number|^trust$|datastore/.test(name))).toEqual([]);
  });

  it.each([
    ["modality = CR'; DROP TABLE released_series; --", 'FILTER_SYNTAX'],
    ['modality = CR -- and more', 'FILTER_CHARACTER'],
    ['modality = CR /* more */', 'FILTER_CHARACTER'],
    ['manufacturer = "x\' OR 1=1"', 'FILTER_UNKNOWN_VALUE'],
    ['manufacturer = "a--b"', 'FILTER_UNKNOWN_VALUE'],
    ['manufacturer = "a; b"', 'FILTER_UNKNOWN_VALUE'],
    ['manufacturer = "a\\b"', 'FILTER_UNKNOWN_VALUE'],
    ['manufacturer = "a%"', 'FILTER_UNKNOWN_VALUE'],
    ['manufacturer = "a\0b"', 'FILTER_UNKNOWN_VALUE'],
    ['manufacturer = ""', 'FILTER_UNKNOWN_VALUE'],
    [`manufacturer = "${'a'.repeat(65)}"`, 'FILTER_UNKNOWN_VALUE'],
    ['modality\u037e = CR', 'FILTER_CHARACTER'],
    ['mod\u0430lity = CR', 'FILTER_CHARACTER'],
    ['age \uff1e 3', 'FILTER_CHARACTER'],
    ['age\u00a0= 3', 'FILTER_CHARACTER'],
    ['age = 3\0', 'FILTER_CHARACTER'],
    ['(SELECT 1)', 'FILTER_UNKNOWN_FIELD'],
    ['age = (SELECT 1)', 'FILTER_SYNTAX'],
    ['age = age', 'FILTER_NUMBER'],
    ['1 = 1', 'FILTER_UNKNOWN_FIELD'],
    ['__proto__ = 1', 'FILTER_CHARACTER'],
    ['constructor = 1', 'FILTER_UNKNOWN_FIELD'],
    ['sex = constructor', 'FILTER_UNKNOWN_VALUE'],
  ])('%s is refused', (text, code) => {
    expect(faultOf(text).code).toBe(code);
  });

  it('is too long, in signs or in items', () => {
    expect(faultOf(`${' '.repeat(filterLength)}a`)).toMatchObject({
      code: 'FILTER_TOO_LONG',
      position: filterLength + 1,
    });
    const list = (items: number) => `age in (${Array.from({ length: items }, () => '1').join(',')})`;
    expect(parseFilter(list(filterItems))).toMatchObject({ kind: 'in-numbers' });
    expect(faultOf(list(filterItems + 1)).code).toBe('FILTER_TOO_LONG');
  });

  it('is too deep, by brackets or by `not`', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}age = 1${')'.repeat(depth)}`;
    expect(parseFilter(nested(filterDepth))).toEqual(parseFilter('age = 1'));
    expect(faultOf(nested(filterDepth + 1)).code).toBe('FILTER_TOO_DEEP');
    expect(faultOf(`${'not '.repeat(filterDepth + 1)}age = 1`).code).toBe('FILTER_TOO_DEEP');
    expect(faultOf('('.repeat(filterLength)).code).toBe('FILTER_TOO_DEEP');
  });

  it.each(['943 476 5919', '943-476-5919', '12/03/1956', '1.2.826.0.1'])(
    'is repeated without the digits of %s, which could be those of a person',
    (personal) => {
      expect(faultOf(`sex = "Smith ${personal}"`).found).toBe('Smith [digits]');
    },
  );

  it('is repeated in the error by one piece at most, and never by what could be the number of a person', () => {
    expect(new FilterError(faultOf('sex = 9434765919')).message).not.toContain('9434765919');
    expect(faultOf('model = 9434765919; x').found).toBe(';');
    const long = faultOf(`${'x'.repeat(500)} = 1`);
    expect(long.found).toHaveLength(shownLength);
  });

  const pieces = fc.constantFrom(
    ...fieldNames.slice(0, 6),
    'and',
    'or',
    'not',
    'in',
    'is',
    'known',
    '(',
    ')',
    ',',
    '=',
    '!=',
    '<',
    '>=',
    '==',
    '"',
    "'",
    ' ',
    '1',
    '2.5',
    'CR',
    'male',
    '\u2003',
    '\0',
    '\ud800',
    'é',
    '--',
    ';',
    '𝒜',
    '9434765919',
  );

  it('ends with a FilterError and nothing else, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(pieces, { maxLength: 30 }).map((each) => each.join(' ')),
          fc.array(pieces, { maxLength: 30 }).map((each) => each.join('')),
        ),
        (text) => {
          try {
            const filter = parseFilter(text);
            expect(parseFilter(filterText(filter))).toEqual(filter);
          } catch (error) {
            if (!(error instanceof FilterError)) throw error;
            expect(error.fault.found).toMatch(/^[ -~]{0,40}$/);
            expect(error.message).toMatch(/^[ -~]+$/);
            expect(error.message).not.toMatch(/\d{7}/);
            expect(error.fault.position).toBeGreaterThanOrEqual(1);
            expect(error.fault.position).toBeLessThanOrEqual(text.length + 1);
          }
        },
      ),
      { seed: 602, numRuns: 2000 },
    );
  });
});
