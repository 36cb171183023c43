import * as z from 'zod';

/**
 * What can be wrong with a table, and what to do about it. A fault names line and column and what is expected there;
 * never the value, which may identify somebody.
 */
export const tableFaultReasons = {
  DEMOGRAPHICS_EMPTY: {
    happened: 'The file has no row below its header.',
    fix: 'Export the table again; it needs a header and a row for each subject.',
  },
  DEMOGRAPHICS_TOO_LARGE: {
    happened: 'The file is larger than 5 MB, or has more than 100,000 rows.',
    fix: 'Send the images in several submissions, each with the rows of its own subjects.',
  },
  DEMOGRAPHICS_SPREADSHEET: {
    happened: 'The file is a spreadsheet, not a CSV.',
    fix: 'Save it as “CSV UTF-8 (comma delimited)”.',
  },
  DEMOGRAPHICS_BINARY: {
    happened: 'The file holds bytes that no text has.',
    fix: 'Check that it is the CSV, and save it as “CSV UTF-8 (comma delimited)”.',
  },
  DEMOGRAPHICS_ENCODING: {
    happened: 'The file is not in UTF-8.',
    fix: 'Save it as “CSV UTF-8 (comma delimited)”.',
  },
  DEMOGRAPHICS_DELIMITER: {
    happened: 'The fields are not separated by commas.',
    fix: 'Save it as “CSV UTF-8 (comma delimited)”; in some languages spreadsheets write semicolons.',
  },
  DEMOGRAPHICS_QUOTES: {
    happened: 'A quotation mark opens or closes where it may not. Lines from here on were not checked.',
    fix: 'Put fields with quotation marks, commas or line ends into quotation marks, and double those inside.',
  },
  DEMOGRAPHICS_HEADER_MISSING: {
    happened: 'The first line is not a header: none of its fields is the name of a column.',
    fix: 'Put the names of the columns into the first line.',
  },
  DEMOGRAPHICS_COLUMN_MISSING: {
    happened: 'A column is missing.',
    fix: 'Add the column.',
  },
  DEMOGRAPHICS_COLUMN_SPELLING: {
    happened: 'The name of a column is not spelt exactly.',
    fix: 'Write the name exactly as it is expected: small letters, joined by underscores, no spaces.',
  },
  DEMOGRAPHICS_COLUMN_UNKNOWN: {
    happened: 'There is no column of this name.',
    fix: 'Correct its name, or take the column out: nothing is sent that the platform does not use.',
  },
  DEMOGRAPHICS_COLUMN_REPEATED: {
    happened: 'A column stands in the table twice.',
    fix: 'Keep one of them.',
  },
  DEMOGRAPHICS_COLUMN_UNNAMED: {
    happened: 'A column without a name holds values.',
    fix: 'Name the column, or take it out.',
  },
  DEMOGRAPHICS_BIRTH_DATE: {
    happened: 'Dates and years of birth are not taken.',
    fix: 'Take the column out and give the age at the scan.',
  },
  DEMOGRAPHICS_FIELD_COUNT: {
    happened: 'The row has more or fewer fields than the header. Its values were not checked.',
    fix: 'Look for a comma too many or too few; a field that holds a comma needs quotation marks.',
  },
  DEMOGRAPHICS_SUBJECT_MISSING: {
    happened: 'The row names no subject.',
    fix: 'Give the NHS number, or the Patient ID as it stands in the images.',
  },
  DEMOGRAPHICS_NHS_NUMBER: {
    happened: 'The NHS number is not valid.',
    fix: 'Take the number from the source again; a spreadsheet may have shortened it.',
  },
  DEMOGRAPHICS_SUBJECT_ID: {
    happened: 'The Patient ID is longer than images allow.',
    fix: 'Give the Patient ID exactly as it stands in the images.',
  },
  DEMOGRAPHICS_SUBJECT_REPEATED: {
    happened: 'The subject has a row already.',
    fix: 'Keep one row for each subject.',
  },
  DEMOGRAPHICS_IDENTIFIERS_DISAGREE: {
    happened: 'NHS number and Patient ID belong to two subjects in the images.',
    fix: 'Find out in the PACS which of them is right.',
  },
  DEMOGRAPHICS_AGE: {
    happened: 'The age is not valid.',
    fix: 'Give the age at the scan in whole years.',
  },
  DEMOGRAPHICS_AGE_BAND: {
    happened: 'The age band is not valid.',
    fix: 'Give one of the bands. If a spreadsheet made a date of it, format the column as text.',
  },
  DEMOGRAPHICS_AGE_MISSING: {
    happened: 'The row has no age.',
    fix: 'Give age_at_scan or age_band.',
  },
  DEMOGRAPHICS_AGE_DISAGREES: {
    happened: 'The age is not within the age band.',
    fix: 'Correct one of them, or leave age_band out.',
  },
  DEMOGRAPHICS_SEX: {
    happened: 'The sex is not one of the NHS codes.',
    fix: 'Map your own codes: 1 male, 2 female, 9 not specified, 0 not known.',
  },
  DEMOGRAPHICS_ETHNIC_CATEGORY: {
    happened: 'The ethnic category is not one of the NHS codes.',
    fix: 'Give the letter of the NHS Data Dictionary, Z for not stated, 99 for not known; no text, no groups of groups.',
  },
  DEMOGRAPHICS_IMD_DECILE: {
    happened: 'The deprivation decile is not valid.',
    fix: 'Give the decile from 1 (most deprived) to 10, or leave it blank.',
  },
  DEMOGRAPHICS_REGION: {
    happened: 'The region is not one of England’s ONS codes.',
    fix: 'Give the code, or leave it blank: the region of your trust is then taken.',
  },
  DEMOGRAPHICS_DATE: {
    happened: 'The date is not a date of the calendar, or in another form.',
    fix: 'Write year, month and day as 2026-11-05 and nothing else: days and months in other forms get mixed up.',
  },
  DEMOGRAPHICS_DATE_IN_FUTURE: {
    happened: 'The date is yet to come.',
    fix: 'Correct the date; day and month may be mixed up.',
  },
} as const;

export const tableFaultCodes = Object.keys(tableFaultReasons) as [
  keyof typeof tableFaultReasons,
  ...(keyof typeof tableFaultReasons)[],
];

/** Faults listed at once; the rest is counted. */
export const faultLimit = 500;

export const tableFault = z.object({
  code: z.enum(tableFaultCodes),
  /** Line of the file, the header being line 1; null where the fault is of the whole file. */
  line: z.number().int().nullable(),
  /** Name of the column; null where the fault is of the whole row or file. */
  column: z.string().nullable(),
  /** What is expected there. */
  expected: z.string(),
});

export type TableFaultCode = keyof typeof tableFaultReasons;
export type TableFault = z.infer<typeof tableFault>;

const byLine = (left: TableFault, right: TableFault) => (left.line ?? 0) - (right.line ?? 0);

/** Faults of a table: the first ones by line, and how many there are. A table at fault throughout has millions. */
export class FaultList {
  private kept: TableFault[] = [];
  private count = 0;

  add(code: TableFaultCode, line: number | null, column: string | null, expected: string): void {
    this.count += 1;
    this.kept.push({ code, line, column, expected });
    if (this.kept.length >= 2 * faultLimit) this.kept = this.kept.sort(byLine).slice(0, faultLimit);
  }

  get size(): number {
    return this.count;
  }

  /** The first faults by line, and how many more there are. */
  listed(): { faults: TableFault[]; more: number } {
    const faults = [...this.kept].sort(byLine).slice(0, faultLimit);
    return { faults, more: this.count - faults.length };
  }
}
