import * as z from 'zod';
import { stringLiteral } from './literals';
import { type ReleaseScope, releasedRows } from './released-rows';

/** Questions from which the figures of a release are made. True counts: nobody is shown them before the disclosure rule. */

const everything = { kind: 'everything' } as const;
const count = z.number().int();

/** How much there is of a collection; of the whole where `collection` is null. */
export const totalsRow = z.object({
  collection: z.string().nullable(),
  people: count,
  studies: count,
  series: count,
  instances: count,
  bytes: count,
  /** Years of the earliest and the latest study; null where no study says its date. */
  first_year: count.nullable(),
  last_year: count.nullable(),
});

const totalsOf = (collection: string): string =>
  `SELECT ${collection} AS collection, count(DISTINCT r.patient_number) AS people, count(DISTINCT r.study_number) AS studies,
count(*) AS series, CAST(coalesce(sum(r.instances), 0) AS bigint) AS instances, CAST(coalesce(sum(r.bytes), 0) AS bigint) AS bytes,
CAST(year(min(r.study_date)) AS integer) AS first_year, CAST(year(max(r.study_date)) AS integer) AS last_year`;

/** A row for each collection, and one for the whole: whoever is in two collections counts once in it. */
export const totalsSelect = (scope: ReleaseScope): string =>
  `${totalsOf('CAST(NULL AS varchar)')}
${releasedRows(scope, everything)}
UNION ALL
${totalsOf('r.collection')}
${releasedRows(scope, everything)}
GROUP BY r.collection`;

/** Columns of people, as text. */
const personColumns = {
  age_band: 'r.age_band',
  sex: 'r.sex',
  ethnic_category: 'r.ethnic_category',
  region: 'r.region',
  imd_decile: 'CAST(r.imd_decile AS varchar)',
  trust_region: 'r.trust_region',
} as const;

export type PersonColumn = keyof typeof personColumns;

/** People of a group, and their images; the group is null where the attribute is not known. */
export const peopleRow = z.object({
  attribute: z.enum(Object.keys(personColumns) as [PersonColumn, ...PersonColumn[]]),
  value: z.string().nullable(),
  people: count,
  images: count,
});

export type PeopleRow = z.infer<typeof peopleRow>;

/** People by each attribute. Whoever was imaged in two regions of trusts counts in both. */
export const peopleSelect = (scope: ReleaseScope): string =>
  Object.entries(personColumns)
    .map(
      ([attribute, column]) =>
        `SELECT ${stringLiteral(attribute)} AS attribute, ${column} AS value, count(DISTINCT r.patient_number) AS people,
CAST(sum(r.instances) AS bigint) AS images
${releasedRows(scope, everything)}
GROUP BY ${column}`,
    )
    .join('\nUNION ALL\n');

/** People of whom age, sex and ethnic category are known: by category, and by age and sex. */
export const standardisedRow = z.object({
  age_band: z.string().nullable(),
  sex: z.string().nullable(),
  ethnic_category: z.string().nullable(),
  people: count,
});

export const standardisedSelect = (scope: ReleaseScope): string => {
  const known = `${releasedRows(scope, everything)}
AND r.age_band IS NOT NULL AND r.sex IN ('1', '2') AND r.ethnic_category IS NOT NULL`;
  return `SELECT CAST(NULL AS varchar) AS age_band, CAST(NULL AS varchar) AS sex, r.ethnic_category, count(DISTINCT r.patient_number) AS people
${known}
GROUP BY r.ethnic_category
UNION ALL
SELECT r.age_band, r.sex, CAST(NULL AS varchar) AS ethnic_category, count(DISTINCT r.patient_number) AS people
${known}
GROUP BY r.age_band, r.sex`;
};

const acquisitionColumns = {
  modality: 'r.modality',
  body_part: 'r.body_part',
  manufacturer: 'r.manufacturer',
  contrast: "CASE r.contrast WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END",
} as const;

/** A range of a number that images state. */
export interface SqlBand {
  readonly label: string;
  readonly from: number;
  readonly below: number;
}

export const acquisitionRow = z.object({
  attribute: z.enum(['modality', 'body_part', 'manufacturer', 'contrast', 'field_strength', 'kvp']),
  value: z.string().nullable(),
  people: count,
  series: count,
});

export type AcquisitionRow = z.infer<typeof acquisitionRow>;

/** Modalities whose series can state a voltage: those that use X-rays (PS3.3 section C.7.3.1.1.1). */
const xRayModalities = ['CR', 'CT', 'DX', 'IO', 'MG', 'PX', 'RF', 'XA'];

const double = (value: number): string => `${value.toExponential()}`.replace('e+', 'E').replace('e', 'E');

const bandColumn = (column: string, bands: readonly SqlBand[]): string =>
  `CASE ${bands
    .map(({ label, from, below }) => {
      const end = Number.isFinite(below) ? ` AND ${column} < ${double(below)}` : '';
      return `WHEN ${column} >= ${double(from)}${end} THEN ${stringLiteral(label)}`;
    })
    .join(' ')} END`;

/** People and series by each attribute of how images were taken; bands of numbers among the modalities that have them. */
export function acquisitionSelect(
  scope: ReleaseScope,
  bands: { readonly fieldStrength: readonly SqlBand[]; readonly kvp: readonly SqlBand[] },
): string {
  const by = (attribute: string, column: string, where = ''): string =>
    `SELECT ${stringLiteral(attribute)} AS attribute, ${column} AS value, count(DISTINCT r.patient_number) AS people, count(*) AS series
${releasedRows(scope, everything)}${where}
GROUP BY ${column}`;
  return [
    ...Object.entries(acquisitionColumns).map(([attribute, column]) => by(attribute, column)),
    by('field_strength', bandColumn('r.field_strength', bands.fieldStrength), "\nAND r.modality = 'MR'"),
    by(
      'kvp',
      bandColumn('r.kvp', bands.kvp),
      `\nAND r.modality IN (${xRayModalities.map(stringLiteral).join(', ')})`,
    ),
  ].join('\nUNION ALL\n');
}

/** A study by its names. */
export const listedStudyRow = z.object({ collection: z.string(), study_instance_uid: z.string() });

/** Studies that were withdrawn, of whatever release. */
export const tombstonesSelect = (): string =>
  `SELECT DISTINCT t.collection, t.study_instance_uid FROM tombstones t WHERE t.split = 'development'`;
