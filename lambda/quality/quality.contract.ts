import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { ledgerTotals, quarantineTotals } from '../submission/submission.contract';
import { isoWeek } from './iso-week.contract';

/** Quality of what a trust has sent to a collection, and the scorecard of a trust's week. */

export const imageAttributes = [
  'modality',
  'body_part',
  'manufacturer',
  'model',
  'study_date',
  'age_of_image',
  'sex_of_image',
  'kvp',
  'field_strength',
  'slice_thickness',
  'view_position',
] as const;

export const patientAttributes = [
  'demographics',
  'age_band',
  'sex',
  'ethnic_category',
  'imd_decile',
  'region',
] as const;

export const qualityAttribute = z.enum([...imageAttributes, ...patientAttributes]);

export const qualityChecks = [
  'missing',
  'not-in-list',
  'date-in-future',
  'ages-differ',
  'sexes-differ',
  'pixels-too-few',
  'same-pixels',
  'size-differs',
  'images-differ',
  'import-warnings',
] as const;

export const qualityUnits = ['images', 'patients', 'submissions'] as const;

const whole = z.number().int().min(0);

const findingCommon = {
  check: z.enum(qualityChecks),
  /** Of `missing` and `not-in-list`. */
  attribute: qualityAttribute.nullable(),
  unit: z.enum(qualityUnits),
  /** Share of `of` from which on the finding is exceeded; a count above it is too many. */
  threshold: z.number().min(0).max(1),
  exceeded: z.boolean(),
  sentence: z.string(),
};

/** What is wrong with `count` of `of` images, patients or submissions. */
export const finding = z.object({ ...findingCommon, count: whole.min(1), of: whole.min(1) });

/** A finding for others than officers and the trust. */
export const shownFinding = z.object({ ...findingCommon, count: shownCount, of: shownCount });

/** Patients of whom an attribute is known, of all who have images. */
export const demographicsKnown = z.object({
  patients: whole,
  known: z.record(z.enum(patientAttributes), whole),
});

export const collectionQuality = z.object({
  collection: collectionId,
  /** Held at the moment of the measurement, withdrawn studies left out. */
  images: whole,
  demographics: demographicsKnown,
  findings: z.array(finding),
});

export const scorecardCollection = collectionQuality.extend({
  /** Of submissions that ended in the week. */
  week: z.object({ studies: whole, images: whole, bytes: whole }),
  /** Days from the end of the week until the last day of the legal basis; below 0 it has ended. Null: configured no more. */
  legalBasisDaysLeft: z.number().int().nullable(),
});

export const deliveries = z.object({
  /** Submissions whose receipt was written in the week. */
  submissions: whole,
  /** Files of their manifests by outcome. */
  files: ledgerTotals,
  quarantine: quarantineTotals,
});

/** `quality/<trust>/<week>.json` in the catalogue bucket; exact, for the trust and officers. */
export const scorecard = z.object({
  version: z.literal(1),
  trust: odsCode,
  week: isoWeek,
  /** When catalogue and demographics were measured; the ledger is that of the end of the week. */
  measuredAt: z.iso.datetime(),
  delivered: deliveries,
  /** Quarantined files that the platform processed again; they were counted when they came. */
  replayed: deliveries,
  /** Seconds from the completion of a submission to its receipt; null where no submission ended. Replays left out. */
  delay: z.object({ medianSeconds: z.number(), ninetiethSeconds: z.number() }).nullable(),
  /** Completed and without a receipt at the end of the week. */
  backlog: z.object({
    submissions: whole,
    files: whole,
    /** Age of the oldest at the end of the week. */
    oldestSeconds: z.number().nullable(),
  }),
  /** Studies of the week against what the trust said it would send; `expected` null where it said nothing. */
  studies: z.object({ received: whole, expected: z.number().int().min(1).nullable() }),
  /** Collections to which the trust has ever sent a submission. */
  collections: z.array(scorecardCollection),
});

export const scorecardParams = z.object({ ods: odsCode });
export const scorecardQuery = z.object({ week: isoWeek.optional() });

/** Last weeks of an answer that names none: a quarter of a year. */
export const weeksShown = 13;

/** Answer of `GET /v1/trusts/{ods}/scorecards`, newest first. */
export const scorecardsAnswer = z.object({ scorecards: z.array(scorecard) });

export const qualityQuery = z.object({ collection: collectionId });

const trustQuality = z.object({ trust: odsCode, week: isoWeek, measuredAt: z.iso.datetime() });

/** Answer of `GET /v1/quality`: exact for officers; for others as the disclosure rule has it, without suppressed findings. */
export const qualityAnswer = z.discriminatedUnion('counts', [
  z.object({
    counts: z.literal('exact'),
    collection: collectionId,
    trusts: z.array(trustQuality.extend({ images: whole, findings: z.array(finding) })),
  }),
  z.object({
    counts: z.literal('shown'),
    collection: collectionId,
    trusts: z.array(trustQuality.extend({ images: shownCount, findings: z.array(shownFinding) })),
  }),
]);

export type ImageAttribute = (typeof imageAttributes)[number];
export type PatientAttribute = (typeof patientAttributes)[number];
export type QualityAttribute = z.infer<typeof qualityAttribute>;
export type QualityCheck = (typeof qualityChecks)[number];
export type QualityUnit = (typeof qualityUnits)[number];
export type Finding = z.infer<typeof finding>;
export type ShownFinding = z.infer<typeof shownFinding>;
export type DemographicsKnown = z.infer<typeof demographicsKnown>;
export type CollectionQuality = z.infer<typeof collectionQuality>;
export type Deliveries = z.infer<typeof deliveries>;
export type Scorecard = z.infer<typeof scorecard>;
export type ScorecardCollection = z.infer<typeof scorecardCollection>;
export type QualityAnswer = z.infer<typeof qualityAnswer>;
