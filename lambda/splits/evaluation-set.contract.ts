import * as z from 'zod';
import { uid } from '../credentials/credentials.contract';
import { collectionId } from '../platform/configuration.contract';
import { textLine } from '../platform/text-line.contract';
import { instant, projectId, pseudonym, sha256, version } from '../register/identifiers.contract';
import { releaseVersion } from '../releases/release.contract';

/** Evaluation sets: stratified samples of the held-out patients of a release, versioned and frozen. */

/** Attributes of a patient by which a sample may be stratified. */
export const stratifyingAttributes = [
  'age_band',
  'sex',
  'ethnic_category',
  'imd_decile',
  'region',
  'trust_region',
] as const;

export const stratifyingAttribute = z.enum(stratifyingAttributes);

export type StratifyingAttribute = z.infer<typeof stratifyingAttribute>;

export const setName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{2,39}$/, 'a name: 3 to 40 lower-case letters, digits and hyphens');

/** Strata of one set, at most: one record of the register holds what became of each. */
const mostQuotas = 500;
const mostPatients = 100_000;

/** Value of each stratifying attribute, in their order; null: not known. */
const group = z.array(z.string().min(1).max(20).nullable()).max(3);

const quota = z
  .strictObject({
    group,
    /** Patients to be drawn. */
    patients: z.number().int().min(1).max(mostPatients),
    /** Fewer than this and no set is made. */
    minimum: z.number().int().min(0).max(mostPatients).default(0),
  })
  .refine(({ patients, minimum }) => minimum <= patients, 'a minimum that is no more than the quota');

const each = (values: readonly unknown[]) => new Set(values.map((value) => JSON.stringify(value))).size;

export const evaluationSetDefinition = z
  .strictObject({
    /** What the set is to show, for whoever reads of it later. */
    purpose: textLine(10, 500),
    release: releaseVersion,
    collections: z
      .array(collectionId)
      .min(1)
      .max(20)
      .refine((values) => each(values) === values.length, 'each collection once'),
    /** Studies that have a series like this, in the language of cohorts; empty: all. */
    filter: z.string().max(2000).default(''),
    stratify: z
      .array(stratifyingAttribute)
      .max(3)
      .refine((values) => each(values) === values.length, 'each attribute once'),
    quotas: z.array(quota).min(1).max(mostQuotas),
  })
  .superRefine(({ stratify, quotas }, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', path: ['quotas'], message });
    if (quotas.some(({ group: values }) => values.length !== stratify.length))
      complain('a value for each stratifying attribute, in their order');
    if (each(quotas.map(({ group: values }) => values)) !== quotas.length) complain('each group once');
  });

export type EvaluationSetDefinition = z.infer<typeof evaluationSetDefinition>;

export const evaluationSetInput = z.strictObject({ name: setName, definition: evaluationSetDefinition });

/** What became of a quota. */
export const drawnStratum = z.object({
  group,
  quota: z.number().int(),
  minimum: z.number().int(),
  /** Patients of the pool in the stratum. */
  pool: z.number().int(),
  drawn: z.number().int(),
  /** Patients missing to the quota. */
  short: z.number().int(),
});

export type DrawnStratum = z.infer<typeof drawnStratum>;

const setVersion = z.number().int().min(1).max(9999);

/** A version of a set, as officers and auditors see it; nothing in it ever changes. */
export const evaluationSet = z.object({
  name: setName,
  setVersion,
  definition: evaluationSetDefinition,
  createdAt: instant,
  createdBy: pseudonym,
  patients: z.number().int(),
  studies: z.number().int(),
  strata: z.array(drawnStratum),
  /** Whether every quota was met. */
  complete: z.boolean(),
  /** Of the list as it was committed publicly. */
  commitment: sha256,
  /** Of the object that holds the list, and its key. */
  list: z.object({ sha256, key: z.string() }),
});

export type EvaluationSet = z.infer<typeof evaluationSet>;

/** `EVALUATION-SET#<name>` / `VERSION#<four digits>`. */
export const evaluationSetRecord = evaluationSet.extend({
  pk: z.string().regex(/^EVALUATION-SET#[a-z]/),
  sk: z.string().regex(/^VERSION#\d{4}$/),
});

/** `EVALUATION-SETS` / `SET#<name>`: the latest version of each; `version` counts the versions. */
export const evaluationSetHead = z.object({ name: setName, version });

export const evaluationSetHeadRecord = evaluationSetHead.extend({
  pk: z.literal('EVALUATION-SETS'),
  sk: z.string().startsWith('SET#'),
});

/** A study of a set; patients are numbered within the set, in the order of the list. */
export const listedStudy = z.object({
  collection: collectionId,
  study: uid,
  patient: z.number().int().min(1),
});

export type ListedStudy = z.infer<typeof listedStudy>;

/** `splits/evaluation-sets/<name>/<version>-<sha256>.json` in the catalogue bucket, written once. */
export const evaluationSetList = z.object({
  name: setName,
  setVersion,
  release: releaseVersion,
  studies: z.array(listedStudy),
});

/** Why a set was used. */
export const useReasons = ['validation', 'repeated-validation', 'fairness', 'incident'] as const;

export const useInput = z.strictObject({
  project: projectId,
  /** Name and version of the model, as its makers call it. */
  model: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,79}$/, 'a name: 1 to 80 letters, digits, spaces and . _ / -'),
  reason: z.enum(useReasons),
});

export const useId = z.string().regex(/^u-[0-9a-hjkmnp-tv-z]{26}$/, 'the id of a use');

/** Who let which model see which version of a set, and when. */
export const evaluationUse = z.object({
  ...useInput.shape,
  id: useId,
  name: setName,
  setVersion,
  by: pseudonym,
  at: instant,
  /** How many times the project's models had seen the set, this time included, whatever its version. */
  ofProject: z.number().int().min(1),
});

export type EvaluationUse = z.infer<typeof evaluationUse>;

/** `EVALUATION-SET#<name>` / `USE#<id>`; ids sort by time. */
export const evaluationUseRecord = evaluationUse.extend({
  pk: z.string().regex(/^EVALUATION-SET#[a-z]/),
  sk: z.string().startsWith('USE#'),
});

/** `EVALUATION-SET#<name>` / `USES#<project>`: `version` counts them. */
export const projectUses = z.object({ version });

export const evaluationSetsPage = z.object({
  sets: z.array(evaluationSet.omit({ strata: true, definition: true, list: true })),
  next: z.string().optional(),
});

export const evaluationSetView = evaluationSet.extend({
  /** Studies of the list that were withdrawn since: they stand in it as tombstones. */
  withdrawnStudies: z.number().int(),
  /** Patients of the list of whom every study was withdrawn. */
  withdrawnPatients: z.number().int(),
});

export const studiesQuery = z.object({
  use: useId,
  limit: z.coerce.number().int().min(1).max(5000).default(1000),
  /** Studies after this one of the list, counted from 1. */
  after: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

export const studiesPage = z.object({
  studies: z.array(listedStudy.extend({ withdrawn: z.boolean() })),
  /** `after` of the next page. */
  next: z.number().int().optional(),
});

export const usesPage = z.object({ uses: z.array(evaluationUse), next: z.string().optional() });

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  next: z.string().max(1000).optional(),
});
