import type { CsvRecord } from '../../lambda/platform/csv-records.contract';
import { nearestName } from '../../statistics/nearest-name';
import type { InputFaults, TableName } from './input-faults';

/** Columns of ids that need not be named, in the order in which they are looked for. */
export const idColumns = ['id', 'sop_instance_uid', 'series_instance_uid', 'study_instance_uid'] as const;

/** Attributes that are judged where the labels have them and none are named. */
export const usualAttributes = [
  'age_band',
  'sex',
  'ethnic_category',
  'imd_decile',
  'region',
  'manufacturer',
] as const;

/** Names under which the column of patients is found. */
export const patientColumns = ['patient', 'patient_id', 'patient_pseudonym', 'patient_number'] as const;

/** A name as it is compared: `SOPInstanceUID` and `sop_instance_uid` are one. */
export const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** A table with the place of each of its columns by its plain name. */
export interface Table {
  readonly name: TableName;
  readonly header: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly rows: readonly CsvRecord[];
}

/** Takes the header off the records; rows that do not fit it are faults, and left out. */
export function tableOf(name: TableName, records: readonly CsvRecord[], faults: InputFaults): Table {
  const [first, ...rows] = records;
  const header = (first?.fields ?? []).map((field) => field.trim());
  const places = new Map<string, number>();
  header.forEach((field, place) => {
    const written = plain(field);
    if (!places.has(written)) places.set(written, place);
  });
  const fitting = rows.filter(({ fields }) => fields.length === header.length);
  for (const { line, fields } of rows)
    if (fields.length !== header.length)
      faults.add(name, 'EVALUATION_FIELD_COUNT', line, null, `${header.length} fields`);
  return { name, header, places, rows: fitting };
}

/** Place of the first of these columns that the table has. */
export const placeOf = (table: Table, names: readonly string[]): number | null =>
  names.map((name) => table.places.get(plain(name))).find((place) => place !== undefined) ?? null;

/**
 * Place of a column that must be there; −1, with a fault, where it is not. What is suggested is near to a name that is
 * known, so it is no value.
 */
export function requirePlace(table: Table, names: readonly string[], faults: InputFaults): number {
  const place = placeOf(table, names);
  const [column = ''] = names;
  if (place === null) {
    const near = names.map((name) => nearestName(name, table.header)).find((name) => name !== null);
    const suggestion = near === undefined ? '' : `; is “${near}” meant?`;
    faults.add(table.name, 'EVALUATION_COLUMN_MISSING', 1, column, `${names.join(' or ')}${suggestion}`);
    return -1;
  }
  if (table.header.filter((name) => plain(name) === plain(table.header[place] ?? '')).length > 1)
    faults.add(table.name, 'EVALUATION_COLUMN_REPEATED', 1, column, 'the column once');
  return place;
}

/** The names under which ids are looked for: as asked, or the first that both tables have. */
export function idNames(tables: readonly Table[], asked: string | undefined): readonly string[] {
  if (asked !== undefined) return [asked];
  const shared = idColumns.find((name) => tables.every((table) => placeOf(table, [name]) !== null));
  return shared === undefined ? idColumns : [shared];
}
