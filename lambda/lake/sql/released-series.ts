import { releasedSeriesColumns } from '../lake-tables.contract';
import { stringList, stringLiteral } from './literals';

/** What a release is made of. */
export interface ReleaseOrder {
  readonly release: string;
  readonly collections: readonly string[];
  readonly trusts: readonly { readonly odsCode: string; readonly region: string | null }[];
}

/** Facts of which the images of a series all say the same, or of which the first in order stands for the series. */
const acquisitionColumns = [
  'modality',
  'body_part',
  'manufacturer',
  'model',
  'kvp',
  'field_strength',
  'slice_thickness',
  'view_position',
  'rows_of_image',
  'columns_of_image',
  'sop_class_uid',
  'transfer_syntax_uid',
] as const;

/** Of a patient's rows in demographics tables, what the latest submission knows. */
const latest = (column: string): string =>
  `max_by(d.${column}, d.submission) FILTER (WHERE d.${column} IS NOT NULL)`;

/** Band of an age in whole years, 90 standing for that and above. */
const bandOf = (age: string): string =>
  `CASE ${Array.from({ length: 9 }, (_, index) => `WHEN ${age} < ${(index + 1) * 10} THEN '${index * 10}-${index * 10 + 9}'`).join(' ')} WHEN ${age} >= 90 THEN '90+' END`;

/**
 * The rows of `released_series` of a release, made of `instances`, `demographics` and `tombstones`: the last columns are the
 * table's partitions. The same rows come out whenever it is asked of the same tables: patients are numbered by their
 * pseudonyms, which a key made, and studies by patient and UID, so that a patient's rows lie together.
 */
export function releasedSeriesSelect({ release, collections, trusts }: ReleaseOrder): string {
  const regions = trusts.flatMap(({ odsCode, region }) =>
    region === null ? [] : [` WHEN ${stringLiteral(odsCode)} THEN ${stringLiteral(region)}`],
  );
  const trustRegion = regions.length === 0 ? 'CAST(NULL AS varchar)' : `CASE n.trust${regions.join('')} END`;
  const within = (row: string): string => `${row}.collection IN ${stringList(collections)}`;
  const columns = Object.keys(releasedSeriesColumns).map(
    (name) => `  ${sources(trustRegion)[name] ?? `n.${name}`} AS ${name}`,
  );
  return `WITH series AS (
  SELECT i.collection, i.split, i.study_instance_uid, i.series_instance_uid,
    min(i.patient_pseudonym) AS patient_pseudonym, min(i.datastore_id) AS datastore_id, min(i.trust) AS trust,
    min(i.study_date) AS study_date, min(i.age_of_image) AS age_of_image,
    CAST(count(*) AS integer) AS instances, CAST(sum(i.frames) AS bigint) AS frames, CAST(sum(i.bytes) AS bigint) AS bytes,
    bool_or(i.contrast) AS contrast,
    ${acquisitionColumns.map((name) => `min(i.${name}) AS ${name}`).join(', ')}
  FROM instances i
  WHERE ${within('i')}
  GROUP BY i.collection, i.split, i.study_instance_uid, i.series_instance_uid
), kept AS (
  SELECT s.* FROM series s
  WHERE NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.collection = s.collection AND t.study_instance_uid = s.study_instance_uid)
), patients AS (
  SELECT k.patient_pseudonym, row_number() OVER (ORDER BY k.patient_pseudonym) AS patient_number, min(k.age_of_image) AS age_of_image
  FROM kept k GROUP BY k.patient_pseudonym
), studies AS (
  SELECT k.collection, k.study_instance_uid,
    row_number() OVER (ORDER BY min(k.patient_pseudonym), k.collection, k.study_instance_uid) AS study_number
  FROM kept k GROUP BY k.collection, k.study_instance_uid
), stated AS (
  SELECT d.patient_pseudonym, ${latest('age_at_scan')} AS age_at_scan, ${latest('age_band')} AS age_band,
    max_by(d.sex, d.submission) FILTER (WHERE d.sex IN ('1', '2', '9')) AS sex,
    max_by(d.ethnic_category, d.submission) FILTER (WHERE d.ethnic_category NOT IN ('Z', '99')) AS ethnic_category,
    ${latest('imd_decile')} AS imd_decile, ${latest('region')} AS region
  FROM demographics d
  WHERE ${within('d')}
  GROUP BY d.patient_pseudonym
)
SELECT
${columns.join(',\n')},
  ${stringLiteral(release)} AS release, n.collection AS collection, n.split AS split
FROM kept n
JOIN patients p ON p.patient_pseudonym = n.patient_pseudonym
JOIN studies u ON u.collection = n.collection AND u.study_instance_uid = n.study_instance_uid
LEFT JOIN stated d ON d.patient_pseudonym = n.patient_pseudonym
ORDER BY u.study_number, n.series_instance_uid`;
}

/** Where columns come from that are not the series' own. */
const sources = (trustRegion: string): Readonly<Record<string, string>> => ({
  patient_number: 'CAST(p.patient_number AS integer)',
  study_number: 'CAST(u.study_number AS integer)',
  trust_region: trustRegion,
  // a table that gives a band alone is not contradicted by the age of an image
  age: `coalesce(d.age_at_scan, CASE WHEN d.age_band IS NULL OR d.age_band = ${bandOf('p.age_of_image')} THEN p.age_of_image END)`,
  age_band: `coalesce(d.age_band, ${bandOf('coalesce(d.age_at_scan, p.age_of_image)')})`,
  sex: 'd.sex',
  ethnic_category: 'd.ethnic_category',
  imd_decile: 'd.imd_decile',
  region: 'd.region',
});
