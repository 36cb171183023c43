/** Answers of Athena are text; the type of a column says what each text means. */

export type ResultType = 'text' | 'number' | 'boolean';

export interface ResultColumn {
  readonly name: string;
  readonly type: ResultType;
}

const typeOf: Readonly<Record<string, ResultType>> = {
  varchar: 'text',
  char: 'text',
  string: 'text',
  date: 'text',
  tinyint: 'number',
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  float: 'number',
  real: 'number',
  double: 'number',
  decimal: 'number',
  boolean: 'boolean',
};

/** @throws Error where the type is none that a question of ours has */
export function resultColumn(name: string | undefined, type: string | undefined): ResultColumn {
  const known = typeOf[type ?? ''];
  if (name === undefined || known === undefined)
    throw new Error(`column ${name} has the type ${type}, which is not read here`);
  return { name, type: known };
}

function typedValue({ name, type }: ResultColumn, text: string | null): string | number | boolean | null {
  if (text === null || type === 'text') return text;
  if (type === 'boolean') return text === 'true';
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new Error(`a number of column ${name} is beyond what a double holds`);
  return value;
}

/** A row as an object. @throws Error where it has not as many values as there are columns */
export function typedRow(
  columns: readonly ResultColumn[],
  values: readonly (string | null)[],
): Record<string, string | number | boolean | null> {
  if (values.length !== columns.length)
    throw new Error(`a row of ${values.length} values in a result of ${columns.length} columns`);
  const row: Record<string, string | number | boolean | null> = {};
  for (const [at, column] of columns.entries()) row[column.name] = typedValue(column, values[at] ?? null);
  return row;
}
