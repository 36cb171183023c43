import { distance, farthest } from '../../statistics/nearest-name';
import { type ColumnName, columnNames } from './table-columns.contract';
import type { FaultList } from './table-faults.contract';

/** What each field of a row is: a column, or null for a field that is not read. */
export interface MatchedColumns {
  readonly columns: readonly (ColumnName | null)[];
  /** Fields whose header is blank. */
  readonly unnamed: readonly number[];
}

/** Names under which systems export a column, as `plain` writes them. */
const otherNames: Readonly<Record<string, ColumnName>> = {
  nhs: 'nhs_number',
  nhs_no: 'nhs_number',
  nhsnumber: 'nhs_number',
  id: 'subject_id',
  mrn: 'subject_id',
  patient_id: 'subject_id',
  patientid: 'subject_id',
  hospital_number: 'subject_id',
  age: 'age_at_scan',
  gender: 'sex',
  ethnicity: 'ethnic_category',
  ethnic_group: 'ethnic_category',
  imd: 'imd_decile',
  deprivation: 'imd_decile',
  admission_date: 'date_of_admission',
  diagnosis_date: 'date_of_diagnosis',
  death_date: 'date_of_death',
  dod: 'date_of_death',
};

const birth = /^(?:.*_)?(?:dob|yob|birth|born)(?:_.*)?$|dateofbirth|birthdate|birthday|yearofbirth/;

/** A name in small letters with one underscore between its words. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

const isColumn = (name: string): name is ColumnName => columnNames.some((column) => column === name);

/** More fields than any export has: what has them is no header. */
const mostFields = 200;
/** Longer than any name of a column. */
const longestName = 60;

/** The column that a misspelt name probably means, null where there is none near. */
export function nearestColumn(name: string): ColumnName | null {
  if (name.length > longestName) return null;
  const written = plain(name);
  const other = otherNames[written];
  if (other !== undefined) return other;
  const near = columnNames
    .map((column) => ({ column, away: distance(written, column) }))
    .filter(({ column, away }) => away <= farthest(column))
    .sort((left, right) => left.away - right.away);
  return near[0]?.column ?? null;
}

/** What is odd about the spelling of a name, in words. */
function oddities(name: string, column: ColumnName): string {
  const found = [
    ...(/^\s/.test(name) ? ['a space before it'] : []),
    ...(/\s$/.test(name) ? ['a space behind it'] : []),
    ...(/\s{2}/.test(name.trim()) ? ['two spaces together'] : []),
    ...(/\S\s\S/.test(name.trim()) ? ['a space in place of an underscore'] : []),
    ...(/[A-Z]/.test(name) ? ['capital letters'] : []),
  ];
  const written = found.length > 0 ? found.join(', ') : 'other signs than letters and underscores';
  return `${column}; found with ${written}`;
}

/** The name of an unknown column where it looks like one, else its place: what stands there may be a value. */
function shownName(name: string, index: number): string {
  const trimmed = name.trim();
  return trimmed.length <= 40 && /^[\p{L}\d _().,/%-]+$/u.test(trimmed) && !/\d{3}/.test(trimmed)
    ? trimmed
    : `column ${index + 1}`;
}

function addMissing(
  present: ReadonlySet<ColumnName>,
  suggested: ReadonlySet<ColumnName>,
  faults: FaultList,
): void {
  const has = (column: ColumnName) => present.has(column) || suggested.has(column);
  const need = (column: string, given: boolean, expected: string) => {
    if (!given) faults.add('DEMOGRAPHICS_COLUMN_MISSING', 1, column, expected);
  };
  need('subject_id', has('nhs_number') || has('subject_id'), 'nhs_number, subject_id or both');
  need('age_at_scan', has('age_at_scan') || has('age_band'), 'age_at_scan or age_band');
  need('sex', has('sex'), 'sex');
  need('ethnic_category', has('ethnic_category'), 'ethnic_category');
}

/** Finds out which field is which column. A misspelt name is a fault, and its values are checked all the same. */
export function matchColumns(header: readonly string[], line: number, faults: FaultList): MatchedColumns {
  const recognised = header.slice(0, mostFields + 1).map((name): ColumnName | null => {
    const written = name.length > longestName ? '' : plain(name);
    return isColumn(written) ? written : null;
  });
  if (header.length > mostFields || recognised.every((column) => column === null)) {
    faults.add('DEMOGRAPHICS_HEADER_MISSING', line, null, columnNames.join(','));
    return { columns: [], unnamed: [] };
  }
  const present = new Set<ColumnName>();
  const suggested = new Set<ColumnName>();
  const unnamed: number[] = [];
  const columns = header.map((name, index): ColumnName | null => {
    const column = recognised[index] ?? null;
    if (column !== null) {
      if (present.has(column)) {
        faults.add('DEMOGRAPHICS_COLUMN_REPEATED', line, column, 'the column once');
        return null;
      }
      present.add(column);
      if (name !== column) faults.add('DEMOGRAPHICS_COLUMN_SPELLING', line, column, oddities(name, column));
      return column;
    }
    if (name.trim() === '') unnamed.push(index);
    else if (name.length <= longestName && birth.test(plain(name)))
      faults.add(
        'DEMOGRAPHICS_BIRTH_DATE',
        line,
        shownName(name, index),
        'age_at_scan or age_band in its place',
      );
    else {
      const nearest = nearestColumn(name);
      const isFree = nearest !== null && !recognised.includes(nearest) && !suggested.has(nearest);
      if (isFree) suggested.add(nearest);
      faults.add(
        'DEMOGRAPHICS_COLUMN_UNKNOWN',
        line,
        shownName(name, index),
        nearest === null ? `one of ${columnNames.join(', ')}` : `${nearest}?`,
      );
      if (isFree) return nearest;
    }
    return null;
  });
  addMissing(present, suggested, faults);
  return { columns, unnamed };
}
