import * as z from 'zod';
import { integerLiteral, stringList } from './literals';
import { notWithdrawn } from './released-rows';

/**
 * What stands on both sides of the split, in the instances of the lake without withdrawn studies. `d` is of the
 * development split, `h` is held out. A patient is in one split only, so rows of different splits are of different
 * pseudonyms; where that does not hold, `patientsInBothSelect` says so.
 */

/** Hex digits of a perceptual hash: 256 bits. */
export const hashDigits = 64;

/**
 * An image of which a perceptual hash says little (nothing but a field of one grey, an empty slice) looks like any other
 * such image. Fewer hex digits than this other than 0, or other than f: not compared.
 */
export const leastInformation = 16;

const inSplit = (row: string, split: 'development' | 'held-out'): string =>
  `${row}.split = '${split}' AND ${notWithdrawn(row)}`;

const says = (hash: string): string =>
  `(length(replace(${hash}, '0', '')) >= ${leastInformation} AND length(replace(${hash}, 'f', '')) >= ${leastInformation})`;

/** How many images were compared, left out for want of information, or could not be looked at. */
export const comparedRow = z.object({
  compared: z.number().int(),
  without_information: z.number().int(),
  without_hash: z.number().int(),
});

export const comparedSelect = (): string =>
  `SELECT count(CASE WHEN ${says('i.perceptual_hash')} THEN 1 END) AS compared,
count(CASE WHEN i.perceptual_hash IS NOT NULL AND NOT ${says('i.perceptual_hash')} THEN 1 END) AS without_information,
count(CASE WHEN i.perceptual_hash IS NULL THEN 1 END) AS without_hash
FROM instances i
WHERE ${notWithdrawn('i')}`;

/** A series in each split, with how many pairs of images they have in common and one of these. */
export const sharedSeriesRow = z.object({
  d_collection: z.string(),
  d_study: z.string(),
  d_series: z.string(),
  d_instance: z.string(),
  h_collection: z.string(),
  h_study: z.string(),
  h_series: z.string(),
  h_instance: z.string(),
  images: z.number().int(),
});

export type SharedSeriesRow = z.infer<typeof sharedSeriesRow>;

const seriesColumns = ['d', 'h']
  .map(
    (row) =>
      `${row}.collection AS ${row}_collection, ${row}.study_instance_uid AS ${row}_study, ${row}.series_instance_uid AS ${row}_series`,
  )
  .join(', ');
const seriesGroups = ['d', 'h']
  .map((row) => `${row}.collection, ${row}.study_instance_uid, ${row}.series_instance_uid`)
  .join(', ');

/** Series of both splits that hold images of the same pixels, unless these say nothing. */
export const samePixelsSelect = (most: number): string =>
  `SELECT ${seriesColumns}, min(d.sop_instance_uid) AS d_instance, min(h.sop_instance_uid) AS h_instance, count(*) AS images
FROM instances d JOIN instances h ON d.pixel_digest = h.pixel_digest
WHERE ${inSplit('d', 'development')} AND ${inSplit('h', 'held-out')}
AND d.patient_pseudonym <> h.patient_pseudonym
AND (d.perceptual_hash IS NULL OR ${says('d.perceptual_hash')})
GROUP BY ${seriesGroups}
ORDER BY d_series, h_series
LIMIT ${integerLiteral(most)}`;

/** A perceptual hash in each split. */
export const hashPairRow = z.object({ d_hash: z.string(), h_hash: z.string() });

export type HashPairRow = z.infer<typeof hashPairRow>;

/** Where each band of a hash begins, from 1, and how many digits it has. */
export function bandsOf(bands: number): { readonly from: number; readonly digits: number }[] {
  const start = (band: number) => Math.floor((band * hashDigits) / bands);
  return Array.from({ length: bands }, (_, band) => ({
    from: start(band) + 1,
    digits: start(band + 1) - start(band),
  }));
}

/**
 * Pairs of different or equal hashes that agree in a whole band. Two hashes that differ in fewer bits than there are
 * bands agree in at least one of them, so none of these is missed.
 */
export function nearHashesSelect(bands: number, most: number): string {
  const parts = bandsOf(bands)
    .map(({ from, digits }, band) => `(${band}, ${from}, ${digits})`)
    .join(', ');
  const hashes = (split: 'development' | 'held-out') =>
    `SELECT s.hash, b.band, substr(s.hash, b.first_digit, b.digits) AS bits
FROM (SELECT DISTINCT i.perceptual_hash AS hash FROM instances i WHERE ${inSplit('i', split)} AND ${says('i.perceptual_hash')}) s
CROSS JOIN (VALUES ${parts}) AS b (band, first_digit, digits)`;
  return `SELECT DISTINCT d.hash AS d_hash, h.hash AS h_hash
FROM (${hashes('development')}) d
JOIN (${hashes('held-out')}) h ON d.band = h.band AND d.bits = h.bits
LIMIT ${integerLiteral(most)}`;
}

/** An image with its hash. */
export const hashedInstanceRow = z.object({
  collection: z.string(),
  split: z.enum(['development', 'held-out']),
  study_instance_uid: z.string(),
  series_instance_uid: z.string(),
  sop_instance_uid: z.string(),
  pixel_digest: z.string().nullable(),
  perceptual_hash: z.string(),
});

export type HashedInstanceRow = z.infer<typeof hashedInstanceRow>;

/** The images that have one of these hashes. */
export const hashedInstancesSelect = (hashes: readonly string[]): string =>
  `SELECT i.collection, i.split, i.study_instance_uid, i.series_instance_uid, i.sop_instance_uid, i.pixel_digest, i.perceptual_hash
FROM instances i
WHERE i.perceptual_hash IN ${stringList(hashes)} AND ${notWithdrawn('i')}
ORDER BY i.sop_instance_uid`;

/** Two pseudonyms in different splits, with a series of each. */
export const samePersonRow = sharedSeriesRow;

/**
 * Patients of different pseudonyms and splits who have one Patient ID of one trust: images of one person that came with
 * an NHS number and without one. `images` counts those of both.
 */
export const samePersonSelect = (most: number): string => {
  const people = (split: 'development' | 'held-out') =>
    `SELECT i.patient_pseudonym, i.local_pseudonym, min(i.collection) AS collection, min(i.study_instance_uid) AS study_instance_uid, min(i.series_instance_uid) AS series_instance_uid, min(i.sop_instance_uid) AS sop_instance_uid, count(*) AS images
FROM instances i
WHERE ${inSplit('i', split)} AND i.local_pseudonym IS NOT NULL
GROUP BY i.patient_pseudonym, i.local_pseudonym`;
  return `SELECT ${seriesColumns}, d.sop_instance_uid AS d_instance, h.sop_instance_uid AS h_instance, d.images + h.images AS images
FROM (${people('development')}) d
JOIN (${people('held-out')}) h ON d.local_pseudonym = h.local_pseudonym AND d.patient_pseudonym <> h.patient_pseudonym
ORDER BY d_series, h_series
LIMIT ${integerLiteral(most)}`;
};

/** Patients of one pseudonym who are in both splits, which the draw cannot bring about. */
export const patientsInBothSelect = (most: number): string => {
  const people = (split: 'development' | 'held-out') =>
    `SELECT i.patient_pseudonym, min(i.collection) AS collection, min(i.study_instance_uid) AS study_instance_uid, min(i.series_instance_uid) AS series_instance_uid, min(i.sop_instance_uid) AS sop_instance_uid, count(*) AS images
FROM instances i
WHERE ${inSplit('i', split)}
GROUP BY i.patient_pseudonym`;
  return `SELECT ${seriesColumns}, d.sop_instance_uid AS d_instance, h.sop_instance_uid AS h_instance, d.images + h.images AS images
FROM (${people('development')}) d
JOIN (${people('held-out')}) h ON d.patient_pseudonym = h.patient_pseudonym
ORDER BY d_series, h_series
LIMIT ${integerLiteral(most)}`;
};

/** Pixels that images of more than one patient of a split have. */
export const duplicateRow = z.object({
  split: z.enum(['development', 'held-out']),
  duplicates: z.number().int(),
});

export const duplicatesSelect = (): string =>
  `SELECT s.split, count(*) AS duplicates
FROM (SELECT i.split, i.pixel_digest
FROM instances i
WHERE i.pixel_digest IS NOT NULL AND ${notWithdrawn('i')}
GROUP BY i.split, i.pixel_digest
HAVING count(DISTINCT i.patient_pseudonym) > 1) s
GROUP BY s.split`;
