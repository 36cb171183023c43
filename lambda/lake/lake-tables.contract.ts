/**
 * Tables of the catalogue as a lake: Parquet in the catalogue bucket, in Glue's catalogue, queried by Athena in AWS and by
 * DuckDB on the embedded platform. Columns with their types in the words of both engines.
 */

export const columnTypes = ['varchar', 'integer', 'bigint', 'double', 'date', 'boolean'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** Column names and types of a table in their order, apart from its partitions. */
export type TableColumns = Readonly<Record<string, ColumnType>>;

/** What a series says of how it was taken; null where the images do not say. */
const acquisition = {
  modality: 'varchar',
  /** Body Part Examined (0018,0015), a code in capitals. */
  body_part: 'varchar',
  manufacturer: 'varchar',
  model: 'varchar',
  /** Kilovolts. */
  kvp: 'double',
  /** Tesla. */
  field_strength: 'double',
  /** Millimetres. */
  slice_thickness: 'double',
  view_position: 'varchar',
  contrast: 'boolean',
  rows_of_image: 'integer',
  columns_of_image: 'integer',
  sop_class_uid: 'varchar',
  transfer_syntax_uid: 'varchar',
} as const satisfies TableColumns;

/** One row an imported instance; partitions: collection, split. */
export const instanceColumns = {
  submission: 'varchar',
  ordinal: 'integer',
  /** ODS code: never towards researchers. */
  trust: 'varchar',
  patient_pseudonym: 'varchar',
  /** Pseudonym of the Patient ID alone: two patients who share one are the same person. */
  local_pseudonym: 'varchar',
  study_instance_uid: 'varchar',
  series_instance_uid: 'varchar',
  sop_instance_uid: 'varchar',
  frames: 'integer',
  bytes: 'bigint',
  pixel_digest: 'varchar',
  /** 64 hex digits (256 bits); null where the pixels could not be looked at. */
  perceptual_hash: 'varchar',
  datastore_id: 'varchar',
  image_set_id: 'varchar',
  /** Shifted. */
  study_date: 'date',
  /** As the images say; 90 for that and above. */
  age_of_image: 'integer',
  /** Patient's Sex (0010,0040): M, F, O. */
  sex_of_image: 'varchar',
  ...acquisition,
} as const satisfies TableColumns;

/** One row a patient of a submission's demographics table; partitions: collection, split. */
export const demographicsColumns = {
  submission: 'varchar',
  trust: 'varchar',
  patient_pseudonym: 'varchar',
  age_at_scan: 'integer',
  age_band: 'varchar',
  /** NHS code: 0, 1, 2, 9. */
  sex: 'varchar',
  /** A to S, Z, 99. */
  ethnic_category: 'varchar',
  imd_decile: 'integer',
  /** ONS code. */
  region: 'varchar',
} as const satisfies TableColumns;

/** One row a withdrawn study; partitions: collection, split. */
export const tombstoneColumns = {
  withdrawal: 'varchar',
  study_instance_uid: 'varchar',
} as const satisfies TableColumns;

/**
 * The studies of a release as researchers' questions see them: one row a series, with what is known of its study and
 * its patient beside it; partitions: release, collection, split. Demographic columns hold null where nothing is known
 * (not stated and not known included), and are never filled in from elsewhere.
 */
export const releasedSeriesColumns = {
  /** Counts the patients of the release from 1, over all collections; a patient's number in one release alone. */
  patient_number: 'integer',
  /** Counts the studies of the release from 1. */
  study_number: 'integer',
  /** Never towards researchers. */
  patient_pseudonym: 'varchar',
  study_instance_uid: 'varchar',
  series_instance_uid: 'varchar',
  datastore_id: 'varchar',
  instances: 'integer',
  frames: 'bigint',
  bytes: 'bigint',
  study_date: 'date',
  /** Never towards researchers. */
  trust: 'varchar',
  /** ONS code of the trust's region. */
  trust_region: 'varchar',
  /** Whole years, 90 for that and above: of the demographics table, else of the images. */
  age: 'integer',
  /** `0-9` … `80-89`, `90+`. */
  age_band: 'varchar',
  /** NHS code 1 (male), 2 (female), 9 (not specified); null where not known. */
  sex: 'varchar',
  /** A to S; null where not stated (Z), not known (99) or not sent. */
  ethnic_category: 'varchar',
  /** 1 (most deprived) to 10. */
  imd_decile: 'integer',
  /** ONS code of where the patient lives; null where not known. */
  region: 'varchar',
  ...acquisition,
} as const satisfies TableColumns;

/** Every table with its partitions, in the order of the folders: `lake/<table>/<partition>=<value>/…`. */
export const lakeTables = {
  instances: { columns: instanceColumns, partitions: ['collection', 'split'] },
  demographics: { columns: demographicsColumns, partitions: ['collection', 'split'] },
  tombstones: { columns: tombstoneColumns, partitions: ['collection', 'split'] },
  released_series: { columns: releasedSeriesColumns, partitions: ['release', 'collection', 'split'] },
} as const satisfies Readonly<
  Record<string, { readonly columns: TableColumns; readonly partitions: readonly string[] }>
>;

export type LakeTable = keyof typeof lakeTables;
