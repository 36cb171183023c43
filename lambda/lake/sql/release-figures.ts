import * as z from 'zod';
import { stringLiteral } from './literals';
import { type ReleaseScope, releasedRows } from './released-rows';

/** Questions from which the figures of a release are made. True counts: nobody is shown them before the disclosure rule. */

const everything = { kind: 'everything' } as const;
const count = z.number().int();

/** How much there is of a collection; of the whole where `collection` is null. */
export const totalsRow = z.object({
  collection: z.string().nullable(),
  studies: count,
  series: count,
  instances: count,
  bytes: count,
});

const totalsOf = (collection: string): string =>
  `SELECT ${collection} AS collection, count(DISTINCT r.study_number) AS studies,
count(*) AS series, CAST(coalesce(sum(r.instances), 0) AS bigint) AS instances, CAST(coalesce(sum(r.bytes), 0) AS bigint) AS bytes`;

/** A row for each collection, and one for the whole. */
export const totalsSelect = (scope: ReleaseScope): string =>
  `${totalsOf('CAST(NULL AS varchar)')}
${releasedRows(scope, everything)}
UNION ALL
${totalsOf('r.collection')}
${releasedRows(scope, everything)}
GROUP BY r.collection`;

/** People by the years of their earliest and latest study, as the shifted dates say: each person once. */
export const yearsRow = z.object({ first_year: count, last_year: count, people: count });

export type YearsRow = z.infer<typeof yearsRow>;

/** Before this year no image was kept as DICOM or what came before it; headers say 1900 where they do not know. */
const earliestYear = 1970;

/** @param latest year after which no study can be; those that cannot be are left out */
export const yearsSelect = (scope: ReleaseScope, latest: number): string =>
  `SELECT p.first_year AS first_year, p.last_year AS last_year, count(*) AS people
FROM (SELECT r.patient_number, CAST(min(year(r.study_date)) AS integer) AS first_year, CAST(max(year(r.study_date)) AS integer) AS last_year
${releasedRows(scope, everything)} AND year(r.study_date) BETWEEN ${earliestYear} AND ${latest}
GROUP BY r.patient_number) p
GROUP BY p.first_year, p.last_year`;

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

/** Images of the people of a group; the group is null where the attribute is not known. */
export const peopleRow = z.object({
  attribute: z.enum(Object.keys(personColumns) as [PersonColumn, ...PersonColumn[]]),
  value: z.string().nullable(),
  images: count,
});

export type PeopleRow = z.infer<typeof peopleRow>;

/** Images by each attribute of people. */
export const peopleSelect = (scope: ReleaseScope): string =>
  Object.entries(personColumns)
    .map(
      ([attribute, column]) =>
        `SELECT ${stringLiteral(attribute)} AS attribute, ${column} AS value,
CAST(sum(r.instances) AS bigint) AS images
${releasedRows(scope, everything)}
GROUP BY ${column}`,
    )
    .join('\nUNION ALL\n');

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

interface FigureColumn {
  readonly attribute: string;
  readonly column: string;
  /** Which rows it is asked of. */
  readonly where: string;
}

interface Bands {
  readonly fieldStrength: readonly SqlBand[];
  readonly kvp: readonly SqlBand[];
}

/** Bands of numbers are asked of the modalities that have them. */
const acquisitionFigures = ({ fieldStrength, kvp }: Bands): readonly FigureColumn[] => [
  ...Object.entries(acquisitionColumns).map(([attribute, column]) => ({ attribute, column, where: '' })),
  {
    attribute: 'field_strength',
    column: bandColumn('r.field_strength', fieldStrength),
    where: "\nAND r.modality = 'MR'",
  },
  {
    attribute: 'kvp',
    column: bandColumn('r.kvp', kvp),
    where: `\nAND r.modality IN (${xRayModalities.map(stringLiteral).join(', ')})`,
  },
];

/** Every attribute that people are counted by. */
export const figureColumns = (bands: Bands): readonly FigureColumn[] => [
  ...Object.entries(personColumns).map(([attribute, column]) => ({ attribute, column, where: '' })),
  ...acquisitionFigures(bands),
];

/** Series by each attribute of how images were taken. */
export const acquisitionSelect = (scope: ReleaseScope, bands: Bands): string =>
  acquisitionFigures(bands)
    .map(
      ({ attribute, column, where }) =>
        `SELECT ${stringLiteral(attribute)} AS attribute, ${column} AS value, count(*) AS series
${releasedRows(scope, everything)}${where}
GROUP BY ${column}`,
    )
    .join('\nUNION ALL\n');
