import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** How a synthetic lake is drawn. The same order gives the same rows. */
export interface SyntheticLake {
  readonly folder: string;
  /** Rows of `instances`, exactly. */
  readonly instances: number;
  readonly patients: number;
  readonly seed: number;
}

export const syntheticCollections = ['chest-imaging', 'breast-screening', 'neuro-imaging'] as const;
export const syntheticTrusts = Array.from({ length: 24 }, (_, index) => ({
  odsCode: `R${String(index + 10)}`,
  region: `E1200000${(index % 9) + 1}`,
}));

/**
 * A number in [0, 1) for a row and a purpose. Hashed twice: the hash of several values is put together by a XOR, by which
 * draws of one row for two purposes would go together.
 */
const draw = (seed: number, purpose: string, ...keys: string[]): string =>
  `((hash(hash('${seed}', '${purpose}', ${keys.join(', ')})) >> 11)::DOUBLE / 9007199254740992.0)`;

/** One of several values by their weights. */
function choose(number: string, weighted: readonly (readonly [string, number])[]): string {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let upTo = 0;
  const cases = weighted.slice(0, -1).map(([value, weight]) => {
    upTo += weight / total;
    return `WHEN ${number} < ${upTo.toFixed(6)} THEN ${value}`;
  });
  return `CASE ${cases.join(' ')} ELSE ${weighted.at(-1)?.[0] ?? 'NULL'} END`;
}

const texts = (weights: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(weights).map(([value, weight]) => [value === '' ? 'NULL' : `'${value}'`, weight]);

const uid = (kind: number, ...keys: string[]): string =>
  `'1.2.826.0.1.3680043.10.1371.${kind}.' || hash(${kind}, ${keys.join(', ')})::VARCHAR || '.' || (hash(${keys.join(', ')}, ${kind}) % 100000000)::VARCHAR`;

/** Patients with what a trust says of them: older people and women have more images, groups are skewed, some say nothing. */
function patientsSql({ patients, seed }: SyntheticLake): string {
  const drawn = (purpose: string) => draw(seed, purpose, 'n');
  return `CREATE TEMP TABLE drawn_patients AS
SELECT n, lpad(to_hex(hash('patient', ${seed}, n)), 16, '0') || lpad(to_hex(hash(n, ${seed})), 16, '0') AS patient_pseudonym,
  'R' || (10 + floor(24 * pow(${drawn('trust')}, 1.7)))::INTEGER AS trust,
  least(90, floor(100 * pow(${drawn('age')}, 0.6)))::INTEGER AS age,
  ${choose(drawn('sex'), texts({ '1': 45, '2': 53, '9': 0.3, '0': 1.7 }))} AS sex,
  ${choose(drawn('ethnic'), texts({ A: 60, B: 1, C: 6, D: 0.7, E: 0.4, F: 0.6, G: 0.7, H: 3.5, J: 3, K: 1, L: 1.7, M: 1.2, N: 2.2, P: 0.6, R: 0.7, S: 2, Z: 8, '99': 6 }))} AS ethnic_category,
  ${choose(drawn('imd'), [...Array.from({ length: 10 }, (_, index): [string, number] => [String(index + 1), 12 - index * 0.6]), ['NULL', 9]])} AS imd_decile,
  ${choose(
    drawn('region'),
    texts({
      E12000001: 6,
      E12000002: 15,
      E12000003: 11,
      E12000004: 7,
      E12000005: 12,
      E12000006: 9,
      E12000007: 20,
      E12000008: 12,
      E12000009: 6,
      '': 4,
    }),
  )} AS region,
  ${choose(drawn('split'), texts({ development: 80, 'held-out': 20 }))} AS split,
  ${drawn('demographics')} < 0.93 AS has_demographics,
  1 + floor(-ln(1 - ${drawn('studies')}) * 0.75)::INTEGER AS studies
FROM range(1, ${patients} + 1) r(n)`;
}

/** Kinds of study: collection, modality, body part, series, instances a series, frequency. */
const kinds = [
  ['chest-imaging', 'DX', 'CHEST', 1, 2, 34],
  ['chest-imaging', 'CR', 'CHEST', 1, 1, 18],
  ['chest-imaging', 'CT', 'CHEST', 3, 42, 16],
  ['breast-screening', 'MG', 'BREAST', 4, 1, 16],
  ['breast-screening', 'US', 'BREAST', 1, 14, 3],
  ['neuro-imaging', 'MR', 'BRAIN', 5, 27, 8],
  ['neuro-imaging', 'CT', 'HEAD', 2, 46, 5],
] as const;

function studiesSql({ seed }: SyntheticLake): string {
  const weights = kinds.map(([, , , , , weight], index): [string, number] => [String(index), weight]);
  return `CREATE TEMP TABLE drawn_series AS
WITH studies AS (
  SELECT p.*, s, ${choose(draw(seed, 'kind', 'n', 's'), weights)} AS kind
  FROM drawn_patients p, unnest(range(1, p.studies + 1)) q(s)
), kinds(kind, collection, modality, body_part, series, slices) AS (
  VALUES ${kinds.map(([collection, modality, part, series, slices], index) => `(${index}, '${collection}', '${modality}', '${part}', ${series}, ${slices})`).join(', ')}
), series AS (
  SELECT u.*, k.collection, k.modality, k.body_part, k.slices, e, ${draw(seed, 'maker', 'n', 's')} AS maker,
    DATE '2015-01-01' + (${draw(seed, 'date', 'n', 's')} * 4000)::INTEGER AS study_date
  FROM studies u JOIN kinds k ON k.kind = u.kind, unnest(range(1, k.series + 1)) q(e)
)
SELECT n, s, e, patient_pseudonym, trust, age, split, collection, modality, study_date,
  ${uid(1, 'n', 's', String(seed))} AS study_instance_uid, ${uid(2, 'n', 's', 'e', String(seed))} AS series_instance_uid,
  (CASE WHEN slices < 3 THEN slices ELSE greatest(1, (slices * (0.5 + ${draw(seed, 'slices', 'n', 's', 'e')}))::INTEGER) END) AS instances,
  CASE WHEN ${draw(seed, 'part', 'n', 's')} < 0.97 THEN body_part END AS body_part,
  ${choose('maker', texts({ SIEMENS: 31, 'GE MEDICAL SYSTEMS': 24, 'Philips Medical Systems': 17, 'Canon Medical Systems': 9, 'FUJIFILM Corporation': 8, 'HOLOGIC, Inc.': 5, 'Carestream Health': 4, 'Agfa-Gevaert': 1.5, '': 0.5 }))} AS manufacturer,
  'Model ' || (floor(8 * maker) * 6 + floor(6 * ${draw(seed, 'model', 'n', 's')}))::INTEGER AS model,
  CASE WHEN modality IN ('CT', 'CR', 'DX', 'MG') THEN ${choose(draw(seed, 'kvp', 'n', 's', 'e'), [
    ['120.0', 40],
    ['100.0', 20],
    ['80.0', 10],
    ['70.0', 6],
    ['28.0', 12],
    ['140.0', 4],
    ['NULL', 8],
  ])} END AS kvp,
  CASE WHEN modality = 'MR' THEN ${choose(draw(seed, 'tesla', 'n', 's'), [
    ['1.5', 62],
    ['3.0', 34],
    ['0.5', 3],
    ['NULL', 1],
  ])} END AS field_strength,
  CASE WHEN modality IN ('CT', 'MR') THEN ${choose(draw(seed, 'thickness', 'n', 's', 'e'), [
    ['0.625', 15],
    ['1.0', 25],
    ['2.5', 15],
    ['3.0', 20],
    ['5.0', 20],
    ['NULL', 5],
  ])} END AS slice_thickness,
  CASE WHEN modality IN ('CR', 'DX') THEN ${choose(draw(seed, 'view', 'n', 's'), texts({ PA: 52, AP: 38, LL: 5, '': 5 }))} WHEN modality = 'MG' THEN CASE WHEN e % 2 = 0 THEN 'CC' ELSE 'MLO' END END AS view_position,
  CASE WHEN modality IN ('CT', 'MR') THEN ${draw(seed, 'contrast', 'n', 's')} < 0.35 END AS contrast
FROM series`;
}

/** Adds or takes single instances of large series, until there are as many as ordered. */
const evenOutSql = ({ instances }: SyntheticLake): string => `CREATE TEMP TABLE even_series AS
WITH totals AS (SELECT ${instances} - sum(instances) AS missing, count(*) FILTER (WHERE instances > 8) AS large FROM drawn_series),
numbered AS (SELECT *, CASE WHEN instances > 8 THEN row_number() OVER (PARTITION BY instances > 8 ORDER BY n, s, e) END AS place FROM drawn_series)
SELECT d.* EXCLUDE (place, instances),
  d.instances + CASE WHEN place IS NULL THEN 0 ELSE sign(missing) * (abs(missing) // large + CASE WHEN place <= abs(missing) % large THEN 1 ELSE 0 END) END AS instances
FROM numbered d, totals`;

const instancesSql = `SELECT 's-synthetic' || (n % 50) AS submission, row_number() OVER ()::INTEGER AS ordinal, trust, patient_pseudonym,
  patient_pseudonym AS local_pseudonym, study_instance_uid, series_instance_uid,
  series_instance_uid || '.' || i AS sop_instance_uid, 1 AS frames,
  (CASE modality WHEN 'DX' THEN 9000000 WHEN 'CR' THEN 7000000 WHEN 'MG' THEN 12000000 ELSE 350000 END + hash(n, s, e, i) % 100000)::BIGINT AS bytes,
  lpad(to_hex(hash(n, s, e, i)), 64, '0') AS pixel_digest, NULL::VARCHAR AS perceptual_hash,
  split || '-store' AS datastore_id, series_instance_uid AS image_set_id, study_date, age AS age_of_image, 'O' AS sex_of_image,
  modality, body_part, manufacturer, model, kvp, field_strength, slice_thickness, view_position, contrast,
  CASE modality WHEN 'CT' THEN 512 WHEN 'MR' THEN 256 ELSE 2048 END AS rows_of_image,
  CASE modality WHEN 'CT' THEN 512 WHEN 'MR' THEN 256 ELSE 2048 END AS columns_of_image,
  '1.2.840.10008.5.1.4.1.1.2' AS sop_class_uid, '1.2.840.10008.1.2.4.202' AS transfer_syntax_uid, collection, split
FROM even_series, unnest(range(1, instances::BIGINT + 1)) q(i)`;

const demographicsSql = `SELECT DISTINCT 's-synthetic' || (p.n % 50) AS submission, p.trust, p.patient_pseudonym, p.age AS age_at_scan,
  CASE WHEN p.age >= 90 THEN '90+' ELSE (p.age // 10 * 10) || '-' || (p.age // 10 * 10 + 9) END AS age_band,
  p.sex, p.ethnic_category, p.imd_decile, p.region, s.collection, s.split
FROM drawn_patients p JOIN drawn_series s ON s.n = p.n WHERE p.has_demographics`;

const tombstonesSql = `SELECT DISTINCT 'w-synthetic' AS withdrawal, study_instance_uid, collection, split FROM even_series WHERE hash(n, s) % 5000 = 0`;

/**
 * Writes `instances`, `demographics` and `tombstones` as Parquet below a folder: some 1.6 studies a patient, most of them of
 * few images and some of hundreds; a quarter of all patients lack something.
 */
export async function writeSyntheticLake(connection: DuckDBConnection, lake: SyntheticLake): Promise<void> {
  for (const statement of [patientsSql(lake), studiesSql(lake), evenOutSql(lake)])
    await connection.run(statement);
  for (const [table, select] of [
    ['instances', instancesSql],
    ['demographics', demographicsSql],
    ['tombstones', tombstonesSql],
  ] as const) {
    const folder = join(lake.folder, table);
    await mkdir(folder, { recursive: true });
    await connection.run(
      `COPY (${select}) TO '${folder}' (FORMAT parquet, PARTITION_BY (collection, split), WRITE_PARTITION_COLUMNS false, COMPRESSION snappy)`,
    );
  }
  for (const table of ['even_series', 'drawn_series', 'drawn_patients'])
    await connection.run(`DROP TABLE ${table}`);
}
