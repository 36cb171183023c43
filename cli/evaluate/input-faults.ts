/**
 * What can be wrong with the tables, and what to do about it. A fault names table, lines and column and what is expected
 * there; never the value, which may identify somebody.
 */
export const inputFaultReasons = {
  EVALUATION_TOO_LARGE: {
    happened: 'The file is larger than 500 MB, or has more than 1,000,000 rows.',
    fix: 'Judge a sample of whole patients.',
  },
  EVALUATION_SPREADSHEET: {
    happened: 'The file is a spreadsheet, not a CSV.',
    fix: 'Save it as “CSV UTF-8 (comma delimited)”.',
  },
  EVALUATION_BINARY: {
    happened: 'The file holds bytes that no text has.',
    fix: 'Check that it is the CSV.',
  },
  EVALUATION_ENCODING: {
    happened: 'The file is not in UTF-8.',
    fix: 'Save it as “CSV UTF-8 (comma delimited)”.',
  },
  EVALUATION_DELIMITER: {
    happened: 'The fields are not separated by commas.',
    fix: 'Write commas between the fields.',
  },
  EVALUATION_QUOTES: {
    happened: 'A quotation mark opens or closes where it may not. Lines from here on were not read.',
    fix: 'Put fields with quotation marks, commas or line ends into quotation marks, and double those inside.',
  },
  EVALUATION_HEADER_MISSING: {
    happened: 'The first line is not a header: none of its fields is the name of a column.',
    fix: 'Put the names of the columns into the first line.',
  },
  EVALUATION_COLUMN_MISSING: {
    happened: 'A column is missing.',
    fix: 'Add the column, or correct its name.',
  },
  EVALUATION_COLUMN_REPEATED: {
    happened: 'A column stands in the table twice.',
    fix: 'Keep one of them.',
  },
  EVALUATION_NO_ROWS: {
    happened: 'The table has no row below its header.',
    fix: 'Write the table again.',
  },
  EVALUATION_FIELD_COUNT: {
    happened: 'The row has more or fewer fields than the header.',
    fix: 'Look for a comma too many or too few; a field that holds a comma needs quotation marks.',
  },
  EVALUATION_ID_MISSING: { happened: 'The row has no id.', fix: 'Give every row its id.' },
  EVALUATION_ID_REPEATED: {
    happened: 'The id stands in an earlier row already.',
    fix: 'Give each image, series or study one row.',
  },
  EVALUATION_ID_NOT_LABELLED: {
    happened: 'The predictions have an id that the labels do not have.',
    fix: 'Take the row out, or use the labels that belong to these predictions.',
  },
  EVALUATION_ID_NOT_SCORED: {
    happened: 'The labels have an id that the predictions do not have.',
    fix: 'Score every row: a model that leaves rows out is judged on the easy ones.',
  },
  EVALUATION_SCORE_MISSING: {
    happened: 'The row has no score.',
    fix: 'Score every row: a model that leaves rows out is judged on the easy ones.',
  },
  EVALUATION_SCORE_INVALID: {
    happened: 'The score is not a number.',
    fix: 'Write scores as numbers with a decimal point; NaN and infinity are no scores.',
  },
  EVALUATION_SCORE_RANGE: {
    happened: 'The score is below 0 or above 1.',
    fix: 'Write probabilities, or add --scores any: calibration is then not judged.',
  },
  EVALUATION_LABEL_INVALID: {
    happened: 'The label is neither 0 nor 1.',
    fix: 'Write 1 where the finding is there, and 0 where it is not.',
  },
  EVALUATION_PATIENT_MISSING: {
    happened: 'The row names no patient.',
    fix: 'Name the patient of every row: intervals rest on who the patients are.',
  },
  EVALUATION_ONE_CLASS: {
    happened: 'All rows have the same label.',
    fix: 'Use labels of both classes; without them no measure of the model exists.',
  },
  EVALUATION_TOO_MANY_GROUPS: {
    happened: 'The column has more values than groups can have: it looks like an identifier.',
    fix: 'Use a column of groups, or put its values into bands.',
  },
  EVALUATION_GROUP_INVALID: {
    happened: 'A value is too long for the name of a group, or has control characters.',
    fix: 'Use a column of groups.',
  },
} as const;

export type InputFaultCode = keyof typeof inputFaultReasons;
export type TableName = 'predictions' | 'labels';

/** All faults of one kind in one column. */
export interface InputFault {
  readonly table: TableName;
  readonly code: InputFaultCode;
  /** Name of the column; null where the fault is of rows or of the whole table. */
  readonly column: string | null;
  readonly expected: string;
  readonly count: number;
  /** The first of the lines, the header being line 1; none where the fault is of the whole table. */
  readonly lines: readonly number[];
}

/** Lines listed of a fault; the others are counted. */
const linesListed = 5;

/** Faults as they are found: a table at fault throughout has millions of a kind, of which the first few lines are kept. */
export class InputFaults {
  private readonly kinds = new Map<string, Omit<InputFault, 'count'> & { count: number; lines: number[] }>();

  add(
    table: TableName,
    code: InputFaultCode,
    line: number | null,
    column: string | null,
    expected: string,
  ): void {
    const key = JSON.stringify([table, code, column, expected]);
    const kind = this.kinds.get(key) ?? { table, code, column, expected, count: 0, lines: [] };
    kind.count += 1;
    if (line !== null && kind.lines.length < linesListed) kind.lines.push(line);
    this.kinds.set(key, kind);
  }

  get isEmpty(): boolean {
    return this.kinds.size === 0;
  }

  has(table: TableName): boolean {
    return [...this.kinds.values()].some((kind) => kind.table === table);
  }

  list(): readonly InputFault[] {
    return [...this.kinds.values()];
  }
}
