import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { ageBands, knownEthnicCategories, regionCodes } from '../demographics/table-columns.contract';
import { fieldStrengthBands, kvpBands } from './acquisition-bands.contract';
import { imdGroups, sexGroups } from './group-labels.contract';

/**
 * Figures of a release. Every count stands after the disclosure rule; shares are worked out from what is shown. Names of
 * attributes are those of the catalogue's columns.
 */

/** Words out of image headers or of the configuration: one line without control characters. */
export const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text) && text.trim() === text, 'one line without control characters');

export const totals = z.strictObject({
  people: shownCount,
  studies: shownCount,
  series: shownCount,
  instances: shownCount,
});

/** People by group, each group of the code list once, and those of whom it is not known. */
function breakdown<const Groups extends readonly [string, ...string[]]>(groups: Groups) {
  return z.strictObject({ people: z.record(z.enum(groups), shownCount), missing: shownCount });
}

export const demographics = z.strictObject({
  age_band: breakdown(ageBands),
  /** `9`, not specified, is an answer; `0` and blank are missing. */
  sex: breakdown(sexGroups),
  /** Not stated (`Z`), not known (`99`) and blank are missing. */
  ethnic_category: breakdown(knownEthnicCategories),
  /** Where the person lives. */
  region: breakdown(regionCodes),
  imd_decile: breakdown(imdGroups),
  /** Of the trust that sent the images. The trust itself stands nowhere. */
  trust_region: breakdown(regionCodes),
});

const counted = { people: shownCount, series: shownCount };

/** Series by a value that images state, most first, and those that state none. */
const byValue = z.strictObject({
  values: z
    .array(z.strictObject({ value: line(64), ...counted }))
    .max(500)
    .refine((values) => new Set(values.map(({ value }) => value)).size === values.length, 'each value once'),
  missing: z.strictObject(counted),
});

/** Series by the band of a number that images state. */
function byBand<const Bands extends readonly [string, ...string[]]>(bands: Bands) {
  return z.strictObject({
    bands: z.record(z.enum(bands), z.strictObject(counted)),
    missing: z.strictObject(counted),
  });
}

const labelsOf = <const Label extends string>(bands: readonly { readonly label: Label }[]) =>
  bands.map(({ label }) => label) as [Label, ...Label[]];

export const acquisition = z.strictObject({
  modality: byValue,
  body_part: byValue,
  manufacturer: byValue,
  /** Of magnetic resonance. */
  field_strength: byBand(labelsOf(fieldStrengthBands)),
  /** Of X-rays. */
  kvp: byBand(labelsOf(kvpBands)),
  /** Whether a contrast agent is stated. */
  contrast: z.strictObject({
    used: z.strictObject(counted),
    notUsed: z.strictObject(counted),
    missing: z.strictObject(counted),
  }),
});

export const acquisitionAttributes = [
  'modality',
  'body_part',
  'manufacturer',
  'field_strength',
  'kvp',
  'contrast',
] as const;

export type AcquisitionAttribute = (typeof acquisitionAttributes)[number];

export const acquisitionTitles: Readonly<Record<AcquisitionAttribute, string>> = {
  modality: 'modality',
  body_part: 'body part',
  manufacturer: 'manufacturer',
  field_strength: 'magnetic field strength',
  kvp: 'tube voltage',
  contrast: 'contrast agent',
};

const share = z.number().min(0).max(1);

/** Shares of people held out, by group, against what a draw at random would give. */
export const splitBalance = z.strictObject({
  heldOutShare: share,
  /** Of the limits, e.g. 0.999. */
  confidence: share,
  strata: z.array(
    z.strictObject({
      attribute: line(64),
      group: line(64),
      /** Null where a count is withheld. */
      heldOut: share.nullable(),
      lower: share,
      upper: share,
      inside: z.boolean().nullable(),
    }),
  ),
});

export type Totals = z.infer<typeof totals>;
export type Demographics = z.infer<typeof demographics>;
export type Acquisition = z.infer<typeof acquisition>;
export type SplitBalance = z.infer<typeof splitBalance>;
