import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { withdrawalCounts, withdrawalId } from './withdrawal.contract';

/** Steps of the withdrawal's state machine, and what they leave in the work bucket until the certificate stands. */

const split = z.enum(['development', 'held-out']);

/** Input of a step that needs nothing but the withdrawal. */
export const withdrawalStep = z.object({ withdrawalId });

/** Input of Begin. */
export const beginStep = withdrawalStep.extend({ round: z.number().int().min(0) });

/** Input of DeleteImageSets: first all are deleted, then HealthImaging is asked whether they are gone. */
export const deleteImageSetsStep = withdrawalStep.extend({
  phase: z.enum(['delete', 'confirm', 'gone']),
  position: z.number().int().min(0),
});

/** Input of MarkLake and ScrubLake: `position` counts the partitions that are done. */
export const scrubLakeStep = withdrawalStep.extend({
  phase: z.enum(['mark', 'scrub', 'done']),
  position: z.number().int().min(0),
});

/** Item of the Distributed Map. */
export const eraseStep = withdrawalStep.extend({ submissionId });

/** `withdrawals/<id>/request.json`. */
export const requestedStudies = z.object({ studies: z.array(z.string()) });

/** `withdrawals/<id>/subjects.json`: who or what is withdrawn, without any number that the platform was given. */
export const withdrawalSubjects = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('patients'), patients: z.array(z.string()) }),
  z.object({ kind: z.literal('studies'), collection: collectionId, studies: z.array(z.string()) }),
  z.object({ kind: z.literal('trust'), trust: odsCode }),
]);

const stagedStudy = z.object({ patientPseudonym: z.string(), studyInstanceUid: z.string(), split });

const quarantinedOrdinal = z.object({ patientPseudonym: z.string(), ordinal: z.number().int() });

/** A submission that holds something of what is withdrawn. */
export const holding = z.object({
  submissionId,
  trust: odsCode,
  collection: collectionId,
  /**
   * `whole`: everything of it goes. `subjects`: what is of the patients or studies. `image-sets`: another trust's
   * instances in image sets that go with a withdrawn trust.
   */
  extent: z.enum(['whole', 'subjects', 'image-sets']),
  studies: z.array(stagedStudy),
  quarantined: z.array(quarantinedOrdinal),
});

/** `withdrawals/<id>/gathered.json`: where all of it stands; written once, after the marks. */
export const gathered = z.object({
  subjects: withdrawalSubjects,
  holdings: z.array(holding),
  imageSets: z.array(z.object({ datastoreId: z.string(), imageSetId: z.string() })),
  /** Collections of which development studies are withdrawn: projects may hold grants for them. */
  collections: z.array(collectionId),
  counts: withdrawalCounts.omit({ projects: true }),
});

/** `withdrawals/<id>/erase-list.json`. */
export const eraseList = z.array(eraseStep);

/** `withdrawals/<id>/submissions/<submission>.json`: what goes of a submission, counted before any of it does. */
export const erasure = z.object({
  submissionId,
  /** Files that are or were of what is withdrawn. */
  ordinals: z.array(z.number().int()),
  instances: z.array(
    z.object({
      ordinal: z.number().int(),
      split,
      patientPseudonym: z.string(),
      studyInstanceUid: z.string(),
      sopInstanceUid: z.string(),
    }),
  ),
  studies: z.array(stagedStudy),
  quarantined: z.array(quarantinedOrdinal),
  objects: z.object({
    deidentified: z.number().int(),
    quarantine: z.number().int(),
    landing: z.number().int(),
  }),
});

export type WithdrawalSubjects = z.infer<typeof withdrawalSubjects>;
export type Holding = z.infer<typeof holding>;
export type Gathered = z.infer<typeof gathered>;
export type ScrubLakeStep = z.infer<typeof scrubLakeStep>;
export type Erasure = z.infer<typeof erasure>;
