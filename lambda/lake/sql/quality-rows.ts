import * as z from 'zod';
import { odsCode } from '../../platform/configuration.contract';
import {
  imageAttributes,
  type PatientAttribute,
  patientAttributes,
  qualityAttribute,
} from '../../quality/quality.contract';
import { integerLiteral, stringList, stringLiteral } from './literals';
import { notWithdrawn } from './released-rows';

/** Questions about the quality of what trusts sent, both splits together. True counts, for officers and the trust. */

const whole = z.number().int().min(0);
const place = { trust: odsCode, collection: z.string() };

/** Images or patients by a value of an attribute; `code` null where the attribute is missing. */
export const attributeCountRow = z.object({
  ...place,
  attribute: qualityAttribute,
  code: z.string().nullable(),
  counted: whole,
});

export const qualityChecksRow = z.object({
  ...place,
  images: whole,
  patients: whole,
  dated: whole,
  future_dates: whole,
  ages_compared: whole,
  ages_differ: whole,
  sexes_compared: whole,
  sexes_differ: whole,
  native_images: whole,
  pixels_too_few: whole,
  digests: whole,
  same_pixels: whole,
});

export const submissionSizeRow = z.object({ ...place, submission: z.string(), images: whole, bytes: whole });

export const weekCountsRow = z.object({ ...place, studies: whole, images: whole, bytes: whole });

const kept = `kept AS (
  SELECT i.* FROM instances i WHERE ${notWithdrawn('i')}
)`;

/** Modalities whose images ought to have an attribute; an attribute that is not named is asked of all. */
const askedOf: Partial<Record<(typeof imageAttributes)[number], readonly string[]>> = {
  kvp: ['CR', 'CT', 'DX', 'MG', 'RF', 'XA'],
  field_strength: ['MR'],
  slice_thickness: ['CT', 'MR', 'PT'],
  view_position: ['CR', 'DX', 'MG'],
};

/** Attributes whose values are judged by a list; of others it counts whether they are there. */
const coded: readonly string[] = [
  'modality',
  'body_part',
  'sex_of_image',
  'age_band',
  'sex',
  'ethnic_category',
  'region',
] satisfies ((typeof imageAttributes)[number] | PatientAttribute)[];

const codeOf = (column: string, attribute: string): string =>
  coded.includes(attribute) ? `nullif(${column}, '')` : `CASE WHEN ${column} IS NOT NULL THEN 'known' END`;

const countByCode = (attribute: string, from: string): string =>
  `SELECT v.trust, v.collection, ${stringLiteral(attribute)} AS attribute, v.code, count(*) AS counted
FROM (${from}) v GROUP BY v.trust, v.collection, v.code`;

function imageCounts(attribute: (typeof imageAttributes)[number]): string {
  const modalities = askedOf[attribute];
  const where = modalities === undefined ? '' : ` WHERE k.modality IN ${stringList(modalities)}`;
  return countByCode(
    attribute,
    `SELECT k.trust, k.collection, ${codeOf(`k.${attribute}`, attribute)} AS code FROM kept k${where}`,
  );
}

/** Of a patient's rows in the tables of a trust, what the latest submission knows. */
const latest = (column: string): string =>
  `max_by(d.${column}, d.submission) FILTER (WHERE d.${column} IS NOT NULL) AS ${column}`;

const patientCounts = (attribute: PatientAttribute): string =>
  countByCode(
    attribute,
    `SELECT p.trust, p.collection, ${codeOf(attribute === 'demographics' ? 's.patient_pseudonym' : `s.${attribute}`, attribute)} AS code
FROM people p LEFT JOIN stated s ON s.trust = p.trust AND s.collection = p.collection AND s.patient_pseudonym = p.patient_pseudonym`,
  );

/** Rows of {@link attributeCountRow}: what stands in each attribute of images and of patients who have images. */
export const attributeCountsSelect = (): string =>
  `WITH ${kept}, people AS (
  SELECT DISTINCT k.trust, k.collection, k.patient_pseudonym FROM kept k
), stated AS (
  SELECT d.trust, d.collection, d.patient_pseudonym, ${(['age_band', 'sex', 'ethnic_category', 'imd_decile', 'region'] as const).map(latest).join(', ')}
  FROM demographics d GROUP BY d.trust, d.collection, d.patient_pseudonym
)
${[...imageAttributes.map(imageCounts), ...patientAttributes.map(patientCounts)].join('\nUNION ALL\n')}`;

/** Implicit and explicit little endian, explicit big endian: pixels are as long as rows, columns and frames say. */
const nativeSyntaxes = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'];

const native = `k.transfer_syntax_uid IN ${stringList(nativeSyntaxes)} AND k.rows_of_image IS NOT NULL AND k.columns_of_image IS NOT NULL`;
const bothAges = 'k.age_of_image IS NOT NULL AND d.age_at_scan IS NOT NULL';
const bothSexes = `k.sex_of_image IN ('M', 'F') AND d.sex IN ('1', '2')`;

/**
 * Rows of {@link qualityChecksRow}, one a trust and collection.
 *
 * Dates are shifted by at least one whole day into the past, so that a date of an image taken up to `today` stands before
 * it. A date from `today` on was later than any day on which the image can have been taken, whatever the shift.
 *
 * @param today `YYYY-MM-DD`
 * @param ageTolerance years that the age in the images and that of the table of the same submission may lie apart
 */
export const qualityChecksSelect = (today: string, ageTolerance: number): string => {
  const years = integerLiteral(ageTolerance);
  return `WITH ${kept}, tables AS (
  SELECT d.trust, d.collection, d.submission, d.patient_pseudonym, max(d.age_at_scan) AS age_at_scan, max(d.sex) AS sex
  FROM demographics d GROUP BY d.trust, d.collection, d.submission, d.patient_pseudonym
)
SELECT k.trust, k.collection, count(*) AS images, count(DISTINCT k.patient_pseudonym) AS patients,
  count(k.study_date) AS dated,
  count(*) FILTER (WHERE k.study_date >= DATE ${stringLiteral(today)}) AS future_dates,
  count(*) FILTER (WHERE ${bothAges}) AS ages_compared,
  count(*) FILTER (WHERE ${bothAges} AND (k.age_of_image - d.age_at_scan > ${years} OR d.age_at_scan - k.age_of_image > ${years})) AS ages_differ,
  count(*) FILTER (WHERE ${bothSexes}) AS sexes_compared,
  count(*) FILTER (WHERE ${bothSexes} AND ((k.sex_of_image = 'M' AND d.sex = '2') OR (k.sex_of_image = 'F' AND d.sex = '1'))) AS sexes_differ,
  count(*) FILTER (WHERE ${native}) AS native_images,
  count(*) FILTER (WHERE ${native} AND CAST(k.bytes AS double) * 8 < CAST(k.rows_of_image AS double) * k.columns_of_image * k.frames) AS pixels_too_few,
  count(k.pixel_digest) AS digests,
  count(k.pixel_digest) - count(DISTINCT k.pixel_digest) AS same_pixels
FROM kept k
LEFT JOIN tables d ON d.trust = k.trust AND d.collection = k.collection AND d.submission = k.submission AND d.patient_pseudonym = k.patient_pseudonym
GROUP BY k.trust, k.collection`;
};

/** Rows of {@link submissionSizeRow}: what the catalogue holds of each submission. */
export const submissionSizesSelect = (): string =>
  `WITH ${kept}
SELECT k.trust, k.collection, k.submission, count(*) AS images, coalesce(sum(k.bytes), 0) AS bytes
FROM kept k GROUP BY k.trust, k.collection, k.submission`;

/** Rows of {@link weekCountsRow}: what the catalogue holds of some submissions together, a study counted once. */
export const weekCountsSelect = (submissions: readonly string[]): string =>
  `WITH ${kept}
SELECT k.trust, k.collection, count(DISTINCT k.study_instance_uid) AS studies, count(*) AS images, coalesce(sum(k.bytes), 0) AS bytes
FROM kept k WHERE k.submission IN ${stringList(submissions)} GROUP BY k.trust, k.collection`;
