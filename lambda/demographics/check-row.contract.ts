import { patientIdOf } from '../../dicom/deidentify/patient-id';
import { parseNhsNumber } from '../../dicom/nhs-number';
import {
  type AgeBand,
  ageBandOf,
  ageBands,
  type ColumnName,
  type DateColumn,
  type DemographicsRow,
  ethnicCategories,
  highestAge,
  regionCodes,
  sexCodes,
} from './table-columns.contract';
import type { FaultList, TableFaultCode } from './table-faults.contract';

/** Patient ID is a long string of DICOM (LO): 64 characters. */
const patientIdLength = 64;
/** The oldest person known reached 122. */
const oldestAge = 122;
const earliestYear = 1900;

/** The fields of a row by column, without white space around them; '' where the column or the value is missing. */
type Fields = (column: ColumnName) => string;

/** Where a column is missing that is the fault, said once; its values are not asked for in each row. */
export type HasColumn = (column: ColumnName) => boolean;

function oneOf<Code extends string>(codes: readonly Code[], value: string): Code | null {
  return codes.find((code) => code === value) ?? null;
}

/** Whether the text is `YYYY-MM-DD` and a day of the calendar. */
function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null || Number(match[1]) < earliestYear) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Checks the values of one row; null where one of them is at fault. All of them are checked in any case. */
export function checkRow(
  fields: Fields,
  has: HasColumn,
  line: number,
  today: string,
  faults: FaultList,
): DemographicsRow | null {
  const before = faults.size;
  const fault = (code: TableFaultCode, column: ColumnName | null, expected: string): null => {
    faults.add(code, line, column, expected);
    return null;
  };

  const nhsText = fields('nhs_number');
  const nhsNumber = nhsText === '' ? null : parseNhsNumber(nhsText);
  if (nhsText !== '' && nhsNumber === null)
    fault('DEMOGRAPHICS_NHS_NUMBER', 'nhs_number', 'ten digits whose last passes modulus 11');
  const subjectId = patientIdOf(fields('subject_id'));
  if (subjectId !== null && subjectId.length > patientIdLength)
    fault('DEMOGRAPHICS_SUBJECT_ID', 'subject_id', `at most ${patientIdLength} characters`);
  if (nhsText === '' && subjectId === null && (has('nhs_number') || has('subject_id')))
    fault('DEMOGRAPHICS_SUBJECT_MISSING', null, 'a value in nhs_number or subject_id');

  const age = has('age_at_scan') || has('age_band') ? checkAge(fields, fault) : null;
  const sex = oneOf(sexCodes, fields('sex'));
  if (sex === null && has('sex')) fault('DEMOGRAPHICS_SEX', 'sex', 'one of 1, 2, 9, 0');
  const ethnicCategory = oneOf(ethnicCategories, fields('ethnic_category'));
  if (ethnicCategory === null && has('ethnic_category'))
    fault(
      'DEMOGRAPHICS_ETHNIC_CATEGORY',
      'ethnic_category',
      'a capital letter from A to S but I, O and Q, or Z, or 99',
    );
  const imdText = fields('imd_decile');
  const imdDecile = /^(?:[1-9]|10)$/.test(imdText) ? Number(imdText) : null;
  if (imdText !== '' && imdDecile === null)
    fault('DEMOGRAPHICS_IMD_DECILE', 'imd_decile', 'a whole number from 1 to 10, or nothing');
  const regionText = fields('region');
  const region = oneOf(regionCodes, regionText);
  if (regionText !== '' && region === null)
    fault('DEMOGRAPHICS_REGION', 'region', 'E12000001 to E12000009, or nothing');

  const dateOf = (column: DateColumn): string | null => {
    const text = fields(column);
    if (text === '') return null;
    if (!isDay(text)) return fault('DEMOGRAPHICS_DATE', column, 'a day as YYYY-MM-DD, or nothing');
    if (text > today) return fault('DEMOGRAPHICS_DATE_IN_FUTURE', column, 'a day that has passed');
    return text;
  };
  const dateOfAdmission = dateOf('date_of_admission');
  const dateOfDiagnosis = dateOf('date_of_diagnosis');
  const dateOfDeath = dateOf('date_of_death');

  if (faults.size > before || age === null || sex === null || ethnicCategory === null) return null;
  return {
    nhsNumber,
    subjectId,
    ...age,
    sex,
    ethnicCategory,
    imdDecile,
    region,
    dateOfAdmission,
    dateOfDiagnosis,
    dateOfDeath,
  };
}

/** Age and band; one follows from the other, and where both are given they must fit. */
function checkAge(
  fields: Fields,
  fault: (code: TableFaultCode, column: ColumnName | null, expected: string) => null,
): { ageAtScan: number | null; ageBand: AgeBand } | null {
  const ageText = fields('age_at_scan');
  const bandText = fields('age_band');
  if (ageText === '' && bandText === '')
    return fault('DEMOGRAPHICS_AGE_MISSING', null, 'a value in age_at_scan or age_band');
  const age = /^\d{1,3}$/.test(ageText) && Number(ageText) <= oldestAge ? Number(ageText) : null;
  if (ageText !== '' && age === null)
    fault('DEMOGRAPHICS_AGE', 'age_at_scan', `a whole number of years from 0 to ${oldestAge}`);
  const band = oneOf(ageBands, bandText);
  if (bandText !== '' && band === null)
    fault('DEMOGRAPHICS_AGE_BAND', 'age_band', `one of ${ageBands.join(', ')}`);
  if ((ageText !== '' && age === null) || (bandText !== '' && band === null)) return null;
  if (age === null) return band === null ? null : { ageAtScan: null, ageBand: band };
  const ageBand = ageBandOf(age);
  if (band !== null && band !== ageBand)
    return fault('DEMOGRAPHICS_AGE_DISAGREES', 'age_band', 'the band that holds age_at_scan');
  return { ageAtScan: Math.min(age, highestAge), ageBand };
}
