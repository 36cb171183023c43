import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { gateFinding } from '../../statistics/representativeness/gate.contract';
import { representativenessReport } from '../../statistics/representativeness/report.contract';
import { collectionId } from '../platform/configuration.contract';
import { textLine } from '../platform/text-line.contract';
import { cohortId, instant, projectId, pseudonym, sha256, version } from '../register/identifiers.contract';
import { releaseVersion } from '../releases/release.contract';

/** By what the people of a filter can be counted: attributes of which a release gives each patient one value. */
export const facetNames = [
  'age_band',
  'sex',
  'ethnic_group',
  'region',
  'imd_decile',
  'ethnic_category',
] as const;

/** What is compared with the census before a cohort is made. Few groups: each one that is shown makes later answers fewer. */
export const comparedFacets = ['age_band', 'sex', 'ethnic_group', 'region'] as const satisfies FacetName[];

export type FacetName = (typeof facetNames)[number];

export const cohortName = textLine(3, 120);

/** Why a cohort is used although it is not shown to represent everybody. For the project, the committee and auditors. */
export const cohortReason = textLine(20, 2000);

const filterInput = z.string().max(4000);

const refusalCode = z.string();

/** How people are spread by a facet, or why that is not shown. */
export const facetCounts = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('shown'),
    name: z.enum(facetNames),
    /** A blank group: people of whom it is not known. */
    groups: z.array(z.strictObject({ group: z.string(), patients: shownCount })),
  }),
  z.strictObject({ kind: z.literal('refused'), name: z.enum(facetNames), code: refusalCode }),
]);

export const newCount = z.strictObject({
  project: projectId,
  /** The latest where not given. */
  release: releaseVersion.optional(),
  filter: filterInput,
  facets: z.array(z.enum(facetNames)).max(facetNames.length).default([]),
});

/** Counts after the disclosure rule. */
export const shownCounts = z.strictObject({
  release: releaseVersion,
  /** In the form in which filters are kept. */
  filter: z.string(),
  /** Of which development studies were counted. */
  collections: z.array(collectionId),
  patients: shownCount,
  studies: shownCount,
  facets: z.array(facetCounts),
});

export const cohortGate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passes') }),
  z.strictObject({
    kind: z.literal('needs-reason'),
    findings: z.array(gateFinding),
    /** Attributes that cannot be shown, so that nobody can say how they stand. */
    notShown: z.array(z.enum(facetNames)),
  }),
]);

/** Whom a cohort represents, as far as it can be shown. */
export const cohortRepresentation = z.strictObject({
  report: representativenessReport,
  gate: cohortGate,
});

export const newCohort = z
  .strictObject({
    project: projectId,
    release: releaseVersion.optional(),
    filter: filterInput,
    /** The cohort of which a further version is made; a new one where not given. */
    cohort: cohortId.optional(),
    name: cohortName.optional(),
    reason: cohortReason.optional(),
    /** False: nothing is made, and the answer says what would be. */
    confirm: z.boolean(),
  })
  .refine(({ cohort, name }) => cohort !== undefined || name !== undefined, {
    path: ['name'],
    message: 'a name for a new cohort',
  });

/** What stands in a cohort: members know its studies, so these are no counts under the disclosure rule. */
const totals = z.strictObject({
  studies: z.number().int().min(1),
  series: z.number().int().min(1),
  instances: z.number().int().min(1),
  bytes: z.number().int().min(0),
});

/** `COHORT#<id>` / `COHORT`. */
export const cohortRecord = z.object({
  cohortId,
  projectId,
  name: cohortName,
  /** Number of the last version. */
  latest: z.number().int().min(1),
  createdAt: instant,
  version,
});

const cohortVersion = {
  cohortId,
  cohortVersion: z.number().int().min(1),
  projectId,
  release: releaseVersion,
  filter: z.string(),
  collections: z.array(collectionId).min(1),
  reason: cohortReason.nullable(),
  createdAt: instant,
  /** Pseudonym of the member who made it. */
  createdBy: pseudonym,
  patients: shownCount,
  totals,
};

/** `COHORT#<id>` / `VERSION#<nnnn>`: never changed. */
export const cohortVersionRecord = z.object({
  ...cohortVersion,
  manifest: z.strictObject({
    sha256,
    bytes: z.number().int().min(1),
    /** Where each page begins, in bytes; the list of studies begins at the first. */
    pages: z.array(z.number().int().min(1)).min(1),
  }),
  /** Of an object that holds `cohortRepresentation`. */
  representation: sha256,
});

/** A version as the API shows it. */
export const cohortVersionView = z.strictObject({
  ...cohortVersion,
  name: cohortName,
  /** Of its list of studies (`ManifestDigest`). */
  manifest: sha256,
  /** Studies that were withdrawn since. */
  withdrawn: z.number().int().min(0),
  /** How a paper names it. */
  cite: z.string(),
});

export const cohortView = z.strictObject({
  cohortId,
  projectId,
  name: cohortName,
  latest: z.number().int().min(1),
  createdAt: instant,
});

export const cohortsPage = z.strictObject({ cohorts: z.array(cohortView), next: z.string().optional() });

export const cohortWithVersions = cohortView.extend({
  versions: z.array(
    z.strictObject({
      cohortVersion: z.number().int(),
      release: releaseVersion,
      filter: z.string(),
      createdAt: instant,
      patients: shownCount,
      totals,
      manifest: sha256,
    }),
  ),
});

export const cohortAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('preview'),
    counts: shownCounts.omit({ facets: true }),
    representation: cohortRepresentation,
  }),
  z.strictObject({
    kind: z.literal('created'),
    cohort: cohortVersionView,
    representation: cohortRepresentation,
  }),
]);

export const manifestSeries = z.strictObject({
  seriesInstanceUid: z.string(),
  modality: z.string().nullable(),
  instances: z.number().int(),
  bytes: z.number().int(),
});

/** A line of the manifest. */
export const manifestStudy = z.strictObject({
  collection: collectionId,
  studyInstanceUid: z.string(),
  series: z.array(manifestSeries).min(1),
});

/** A study of a page: of a withdrawn one nothing but that it was there. */
export const manifestEntry = z.discriminatedUnion('state', [
  manifestStudy.extend({ state: z.literal('there') }),
  z.strictObject({
    state: z.literal('withdrawn'),
    collection: collectionId,
    studyInstanceUid: z.string(),
    /** SHA-256 of its line, so that the digest of the list can still be worked out. */
    lineSha256: sha256,
  }),
]);

export const manifestPage = z.strictObject({
  cohortId,
  cohortVersion: z.number().int(),
  manifest: sha256,
  studies: z.array(manifestEntry),
  next: z.string().optional(),
});

export const cohortDifference = z.strictObject({
  cohortId,
  from: z.number().int(),
  to: z.number().int(),
  kept: z.number().int(),
  added: z.number().int(),
  removed: z.number().int(),
  /** Of the studies of the first version: withdrawn since, whether or not the second has them. */
  withdrawn: z.number().int(),
  /** The first thousand of each; for members alone. */
  studies: z.strictObject({ added: z.array(z.string()), removed: z.array(z.string()) }).nullable(),
});

export type NewCount = z.infer<typeof newCount>;
export type NewCohort = z.infer<typeof newCohort>;
export type ShownCounts = z.infer<typeof shownCounts>;
export type FacetCounts = z.infer<typeof facetCounts>;
export type CohortGate = z.infer<typeof cohortGate>;
export type CohortRepresentation = z.infer<typeof cohortRepresentation>;
export type CohortRecord = z.infer<typeof cohortRecord>;
export type CohortVersionRecord = z.infer<typeof cohortVersionRecord>;
export type CohortVersionView = z.infer<typeof cohortVersionView>;
export type CohortAnswer = z.infer<typeof cohortAnswer>;
export type ManifestStudy = z.infer<typeof manifestStudy>;
export type ManifestEntry = z.infer<typeof manifestEntry>;
export type CohortDifference = z.infer<typeof cohortDifference>;
