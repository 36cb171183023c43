import * as z from 'zod';
import { ageBands, regionCodes } from '../demographics/table-columns.contract';
import { fieldStrengthBands, kvpBands } from './acquisition-bands.contract';
import { ethnicGroups, imdGroups, personAttributes, sexGroups } from './group-labels.contract';
import { shownCount } from './shown-count.contract';

/** Figures of a release. Every count stands after the disclosure rule; shares are worked out from what is shown. */

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
  ageBand: breakdown(ageBands),
  /** `9`, not specified, is an answer; `0` and blank are missing. */
  sex: breakdown(sexGroups),
  /** Not stated (`Z`), not known (`99`) and blank are missing. */
  ethnicCategory: breakdown(ethnicGroups),
  /** Where the person lives. */
  region: breakdown(regionCodes),
  imdDecile: breakdown(imdGroups),
  /** Of the trust that sent the images. The trust itself stands nowhere. */
  trustRegion: breakdown(regionCodes),
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
  bodyPart: byValue,
  manufacturer: byValue,
  /** Of magnetic resonance. */
  fieldStrength: byBand(labelsOf(fieldStrengthBands)),
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
  'bodyPart',
  'manufacturer',
  'fieldStrength',
  'kvp',
  'contrast',
] as const;

export type AcquisitionAttribute = (typeof acquisitionAttributes)[number];

export const acquisitionTitles: Readonly<Record<AcquisitionAttribute, string>> = {
  modality: 'modality',
  bodyPart: 'body part',
  manufacturer: 'manufacturer',
  fieldStrength: 'magnetic field strength',
  kvp: 'tube voltage',
  contrast: 'contrast agent',
};

const share = z.number().min(0).max(1);

/**
 * How a group stands against its share of the reference: `under` and `over` where the whole interval lies beyond the
 * bounds, `near` where the ratio lies between them, `unclear` where only the interval does not say, `not-estimable`
 * where the count is withheld.
 */
export const verdicts = ['under', 'near', 'over', 'unclear', 'not-estimable'] as const;

/** What a release says of its representativeness: people against a reference population. */
export const representation = z.strictObject({
  reference: z.strictObject({ title: line(200), source: line(500) }),
  /** Ratios below and above which a group is called under- or over-represented. */
  bounds: z.strictObject({ under: z.number().positive(), over: z.number().positive() }),
  attributes: z.array(
    z.strictObject({
      attribute: z.enum(personAttributes),
      groups: z
        .array(
          z.strictObject({
            group: line(64),
            label: line(120),
            referenceShare: share,
            /** Share in the release over share in the reference, with its 95 % interval. */
            ratio: z
              .strictObject({
                value: z.number().nonnegative(),
                lower: z.number().nonnegative(),
                upper: z.number().nonnegative(),
              })
              .refine(
                ({ value, lower, upper }) => lower <= value && value <= upper,
                'an interval that holds the ratio',
              )
              .nullable(),
            verdict: z.enum(verdicts),
          }),
        )
        .min(1),
    }),
  ),
});

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
export type Representation = z.infer<typeof representation>;
export type RepresentedGroup = Representation['attributes'][number]['groups'][number];
export type SplitBalance = z.infer<typeof splitBalance>;
