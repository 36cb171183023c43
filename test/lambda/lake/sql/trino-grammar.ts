import { TrinoSQL } from 'dt-sql-parser';

/** Functions that Trino and DuckDB both have under the same name, with the same meaning for what is asked here. */
const commonFunctions = [
  'avg',
  'bool_or',
  'cast',
  'coalesce',
  'count',
  'dense_rank',
  'grouping',
  'length',
  'max',
  'max_by',
  'min',
  'mod',
  'nullif',
  'power',
  'replace',
  'row_number',
  'substr',
  'sum',
  'upper',
  'year',
];

/** Words before a bracket that are no functions. */
const words = [
  'and',
  'as',
  'by',
  'exists',
  'filter',
  'from',
  'join',
  'in',
  'not',
  'on',
  'or',
  'over',
  'sets',
  'then',
  'union',
  'all',
  'values',
  'when',
  'where',
  'else',
  'select',
  'case',
  'varchar',
  'using',
];

const trino = new TrinoSQL();

/** What Trino would not take in a text: faults of grammar, and functions that are not on the list. */
export function trinoFaults(sql: string): string[] {
  const faults = trino
    .validate(sql)
    .map(({ message, startLine, startColumn }) => `${startLine}:${startColumn} ${message}`);
  // a table may be given a name with those of its columns in brackets behind it
  const withoutStrings = sql.replace(/'(?:[^']|'')*'/g, "''").replace(/\)\s+AS\s+\w+\s*\(/gi, ') AS (');
  const called = [...withoutStrings.matchAll(/\b([a-z_]\w*)\s*\(/gi)].map(([, name = '']) =>
    name.toLowerCase(),
  );
  const strange = called.filter((name) => !commonFunctions.includes(name) && !words.includes(name));
  return [...faults, ...new Set(strange)];
}
