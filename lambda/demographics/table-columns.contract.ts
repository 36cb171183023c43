import * as z from 'zod';

/** The demographics table that a trust sends beside its images: a CSV with a row for each subject. */

/** Bytes of a table, at most: about 50,000 subjects with every column. */
export const tableByteLimit = 5_000_000;

/** Rows of a table, at most: a submission has no more files. */
export const rowLimit = 100_000;

/** Columns in the order in which documents show them. */
export const columnNames = [
  'nhs_number',
  'subject_id',
  'age_at_scan',
  'age_band',
  'sex',
  'ethnic_category',
  'imd_decile',
  'region',
  'date_of_admission',
  'date_of_diagnosis',
  'date_of_death',
] as const;

export const dateColumns = ['date_of_admission', 'date_of_diagnosis', 'date_of_death'] as const;

/** Ages above 89 identify: they are kept as this one. */
export const highestAge = 90;

/** Ten years each, as the census counts them. */
export const ageBands = [
  '0-9',
  '10-19',
  '20-29',
  '30-39',
  '40-49',
  '50-59',
  '60-69',
  '70-79',
  '80-89',
  '90+',
] as const;

/** Person stated gender code of the NHS Data Dictionary: not known, male, female, not specified. */
export const sexCodes = ['0', '1', '2', '9'] as const;

/** Ethnic category code 2001 of the NHS Data Dictionary: the 16 groups. */
export const knownEthnicCategories = [
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G',
  'H',
  'J',
  'K',
  'L',
  'M',
  'N',
  'P',
  'R',
  'S',
] as const;

/** With them `Z` not stated, `99` not known. */
export const ethnicCategories = [...knownEthnicCategories, 'Z', '99'] as const;

/** The nine regions of England by their ONS codes, North East to South West. */
export const regionCodes = [
  'E12000001',
  'E12000002',
  'E12000003',
  'E12000004',
  'E12000005',
  'E12000006',
  'E12000007',
  'E12000008',
  'E12000009',
] as const;

/** What one row of the table says, its dates as they are. Holds identifiers: stands in the exchange bucket only. */
export const demographicsRow = z.strictObject({
  /** Ten digits that pass modulus 11. */
  nhsNumber: z.string().nullable(),
  /** Patient ID as in the images of the trust. */
  subjectId: z.string().nullable(),
  /** Whole years, `highestAge` for that and above. */
  ageAtScan: z.number().int().min(0).max(highestAge).nullable(),
  ageBand: z.enum(ageBands),
  sex: z.enum(sexCodes),
  ethnicCategory: z.enum(ethnicCategories),
  imdDecile: z.number().int().min(1).max(10).nullable(),
  region: z.enum(regionCodes).nullable(),
  dateOfAdmission: z.iso.date().nullable(),
  dateOfDiagnosis: z.iso.date().nullable(),
  dateOfDeath: z.iso.date().nullable(),
});

/** How much of a table is known. */
export const tableCompleteness = z.object({
  rows: z.number().int(),
  /** Rows whose ethnic category is neither `Z` nor `99`. */
  ethnicityKnown: z.number().int(),
  imdKnown: z.number().int(),
});

export type ColumnName = (typeof columnNames)[number];
export type DateColumn = (typeof dateColumns)[number];
export type AgeBand = (typeof ageBands)[number];
export type DemographicsRow = z.infer<typeof demographicsRow>;
export type TableCompleteness = z.infer<typeof tableCompleteness>;

/** The band of an age in whole years. */
export function ageBandOf(age: number): AgeBand {
  return ageBands[Math.min(Math.floor(age / 10), ageBands.length - 1)] ?? '90+';
}

/** Counts what rows know. */
export function completenessOf(
  rows: readonly Pick<DemographicsRow, 'ethnicCategory' | 'imdDecile'>[],
): TableCompleteness {
  return {
    rows: rows.length,
    ethnicityKnown: rows.filter(({ ethnicCategory }) => ethnicCategory !== 'Z' && ethnicCategory !== '99')
      .length,
    imdKnown: rows.filter(({ imdDecile }) => imdDecile !== null).length,
  };
}
