import * as z from 'zod';
import { reportCell } from './cell.contract';
import { attributeName, groupName } from './counts.contract';

const people = z.number().int().min(0);
const share = z.number().min(0).max(1);
const ratio = z.number().min(0);

/** 95 % confidence interval. */
const interval = z.strictObject({ low: ratio, high: ratio });

const groupNamed = { group: groupName, label: z.string() };

const flag = z.enum(['under', 'over', 'none']);

/** How a group stands against a population. */
const groupComparison = z.discriminatedUnion('kind', [
  z.strictObject({
    ...groupNamed,
    kind: z.literal('compared'),
    people,
    share,
    referenceShare: share,
    /** Share divided by the share in the population: 1 where the group is as frequent in both. */
    ratio,
    interval,
    /** `under` where the whole interval is below 0.8, `over` where it is above 1.25. */
    flag,
    /** Where the ratio could lie if those of whom nothing is known were all outside this group, or all in it. */
    whateverIsMissing: interval,
  }),
  z.strictObject({
    ...groupNamed,
    kind: z.literal('suppressed'),
    /** Null where the group is left out, since any number may stand behind it. */
    referenceShare: share.nullable(),
    /** The ratio if the cell held as many as its rule allows; null where the rule names no number. */
    ratioAtMost: ratio.nullable(),
  }),
  /** The population has nobody in this group, or does not count it. */
  z.strictObject({ ...groupNamed, kind: z.literal('not-in-reference') }),
]);

const distances = z.strictObject({
  /** 0 to 1: the share of people that would have to be others for the shares to be equal. */
  totalVariation: share,
  /** 0 to 1: the square root of the divergence to the base 2. */
  jensenShannonDistance: share,
  /** With 0.5 in cells that are empty on one side. */
  populationStabilityIndex: z.number().min(0),
  /** Null where people were counted in a group in which the population has nobody. */
  chiSquared: z.number().min(0).nullable(),
  degreesOfFreedom: z.number().int().min(0),
});

export const comparison = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('compared'),
    /** Id of the population. */
    reference: z.string(),
    /** People who are seen in the groups that are compared: the whole of which the shares are. */
    people,
    groups: z.array(groupComparison),
    /** The lowest ratio of the groups that are at least 0.4 % of the population and are shown. */
    worstGroup: z.strictObject({ ...groupNamed, ratio, interval }).nullable(),
    distances,
  }),
  z.strictObject({
    kind: z.literal('not-compared'),
    reference: z.string(),
    /** `one-group-shown`: any number may stand behind all groups but one. */
    why: z.enum(['nobody-shown', 'one-group-shown', 'reference-has-nobody']),
  }),
]);

const missing = z.strictObject({
  /** `Z`, `99`, blank: each a row of its own. */
  rows: z.array(z.strictObject({ ...groupNamed, people: reportCell })),
  /** Of all people who are seen, those of whom the attribute is not known; null where none of either is seen. */
  share: share.nullable(),
  /** The share is above 20 %. */
  alarm: z.boolean(),
});

const attributeReport = z.strictObject({
  attribute: attributeName,
  label: z.string(),
  groups: z.array(
    z.strictObject({
      ...groupNamed,
      people: reportCell,
      images: reportCell.nullable(),
      /** Null where people or images are suppressed or were not counted, or nobody is there. */
      imagesPerPerson: z.number().min(0).nullable(),
    }),
  ),
  missing,
  /** One for each population that has the attribute. */
  comparisons: z.array(comparison),
});

/**
 * Ethnic groups against what a population of the same age and sex would have: observed people divided by those expected,
 * the sum over age and sex of people times the group's share among people of that age and sex.
 */
export const standardised = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('compared'),
    reference: z.string(),
    attribute: attributeName,
    label: z.string(),
    /** People who are seen, of whom age, sex and ethnic group are known. */
    people,
    groups: z.array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          ...groupNamed,
          kind: z.literal('compared'),
          people,
          expected: z.number().min(0),
          expectedShare: share,
          ratio,
          interval,
          flag,
        }),
        z.strictObject({
          ...groupNamed,
          kind: z.literal('suppressed'),
          expectedShare: share.nullable(),
          ratioAtMost: ratio.nullable(),
        }),
        z.strictObject({ ...groupNamed, kind: z.literal('not-in-reference') }),
      ]),
    ),
    /** The lowest ratio of the groups that are shown and at least 0.4 % of the people expected. */
    worstGroup: z.strictObject({ ...groupNamed, ratio, interval }).nullable(),
  }),
  z.strictObject({
    kind: z.literal('not-compared'),
    reference: z.string(),
    attribute: attributeName,
    label: z.string(),
    /** `age-and-sex-suppressed`: any number may stand behind a cell of the people by age and sex. */
    why: z.enum(['nobody-shown', 'age-and-sex-suppressed']),
  }),
]);

/** Of how many people an attribute is not known. */
const notKnown = z.strictObject({
  attribute: attributeName,
  label: z.string(),
  people: reportCell,
  /** Null where people are suppressed or there are none. */
  share: share.nullable(),
  alarm: z.boolean(),
});

const missingInRegion = z.strictObject({
  /** ONS code. */
  region: z.string(),
  label: z.string(),
  people: reportCell,
  attributes: z.array(notKnown),
});

/** Whom a set of images represents, against one or several populations. */
export const representativenessReport = z.strictObject({
  name: z.string(),
  /** `as-given`: nobody has applied the disclosure rule here; `disclosure-rule`: all figures come of what it lets through. */
  counts: z.enum(['as-given', 'disclosure-rule']),
  references: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string(),
      source: z.string(),
      date: z.string(),
      licence: z.string(),
      note: z.string().nullable(),
    }),
  ),
  attributes: z.array(attributeReport),
  standardised: z.array(standardised),
  /** By region of the trust that sent the images; where that was not counted, nothing. */
  missingByTrustRegion: z.array(missingInRegion).optional(),
});

/** A report for people inside the platform: researchers and the public never see trusts. */
export const internalReport = representativenessReport.extend({
  missingByTrust: z.array(
    z.strictObject({
      /** ODS code. */
      trust: z.string(),
      people: reportCell,
      attributes: z.array(notKnown),
    }),
  ),
});

export type RepresentativenessReport = z.infer<typeof representativenessReport>;
export type MissingByRegion = z.infer<typeof missingInRegion>;
export type InternalReport = z.infer<typeof internalReport>;
export type AttributeReport = RepresentativenessReport['attributes'][number];
export type Comparison = AttributeReport['comparisons'][number];
export type ComparisonMade = Extract<Comparison, { kind: 'compared' }>;
export type GroupComparison = ComparisonMade['groups'][number];
export type GroupCompared = Extract<GroupComparison, { kind: 'compared' }>;
export type Standardised = RepresentativenessReport['standardised'][number];
export type StandardisedMade = Extract<Standardised, { kind: 'compared' }>;
export type StandardisedGroup = StandardisedMade['groups'][number];
export type WorstGroup = NonNullable<ComparisonMade['worstGroup']>;
export type Flag = GroupCompared['flag'];
export type Interval = z.infer<typeof interval>;
export type Distances = z.infer<typeof distances>;
