import type { InstanceRow } from '../catalogue/catalogue.contract';
import type { ClinicalRow } from '../demographics/demographics.contract';
import type { LakeRow, RowValue } from './parquet-file';

type Facts = InstanceRow['facts'];

const textOf = (facts: Facts, name: string): string | null => {
  const value = facts[name];
  return typeof value === 'string' ? value : null;
};

const numberOf = (facts: Facts, name: string): number | null => {
  const value = facts[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

const wholeNumberOf = (facts: Facts, name: string): number | null => {
  const value = numberOf(facts, name);
  return Number.isInteger(value) ? value : null;
};

/** `20240229` as `2024-02-29`; null for what is no day. */
function dayOf(text: string | null): string | null {
  const parts = text === null ? null : /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (parts === null) return null;
  const day = `${parts[1]}-${parts[2]}-${parts[3]}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) ? day : null;
}

/** A row of the catalogue as a row of `instances`. What rows of former times do not have is null. */
export function instanceLakeRow(row: InstanceRow): LakeRow {
  const { facts } = row;
  const contrast: RowValue | undefined = facts.contrast;
  return {
    submission: row.submission,
    ordinal: row.ordinal,
    trust: row.trust,
    patient_pseudonym: row.patientPseudonym,
    local_pseudonym: row.localPseudonym ?? null,
    study_instance_uid: row.studyInstanceUid,
    series_instance_uid: row.seriesInstanceUid,
    sop_instance_uid: row.sopInstanceUid,
    frames: row.frames,
    bytes: row.bytes,
    pixel_digest: row.pixelDigest,
    perceptual_hash: row.perceptualHash ?? null,
    datastore_id: row.datastoreId,
    image_set_id: row.imageSetId,
    study_date: dayOf(textOf(facts, 'studyDate')),
    age_of_image: wholeNumberOf(facts, 'ageYears'),
    sex_of_image: textOf(facts, 'sex'),
    modality: textOf(facts, 'modality'),
    body_part: textOf(facts, 'bodyPartExamined'),
    manufacturer: textOf(facts, 'manufacturer'),
    model: textOf(facts, 'manufacturerModelName'),
    kvp: numberOf(facts, 'kvp'),
    field_strength: numberOf(facts, 'magneticFieldStrength'),
    slice_thickness: numberOf(facts, 'sliceThickness'),
    view_position: textOf(facts, 'viewPosition'),
    contrast: typeof contrast === 'boolean' ? contrast : null,
    rows_of_image: wholeNumberOf(facts, 'rows'),
    columns_of_image: wholeNumberOf(facts, 'columns'),
    sop_class_uid: row.sopClassUid,
    transfer_syntax_uid: row.transferSyntaxUid,
  };
}

/** A clinical row as a row of `demographics`. */
export function demographicsLakeRow(row: ClinicalRow): LakeRow {
  return {
    submission: row.submission,
    trust: row.trust,
    patient_pseudonym: row.patientPseudonym,
    age_at_scan: row.ageAtScan,
    age_band: row.ageBand,
    sex: row.sex,
    ethnic_category: row.ethnicCategory,
    imd_decile: row.imdDecile,
    region: row.region,
  };
}
