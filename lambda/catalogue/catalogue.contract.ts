import * as z from 'zod';
import {
  imageFactValues,
  perceptualHash,
  sha256Hex,
  submissionId,
} from '../deidentification/pipeline.contract';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { numberInText, pageToken } from '../platform/parameters.contract';

/** What the catalogue holds of imported images: pseudonyms, mapped UIDs, coded and numeric facts. */

const split = z.enum(['development', 'held-out']);

/** A row of `rows/collection=<id>/split=<split>/<submission>.ndjson`: one imported instance. */
export const instanceRow = z.object({
  submission: submissionId,
  ordinal: z.number().int(),
  trust: odsCode,
  patientPseudonym: z.string(),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  sopClassUid: z.string(),
  transferSyntaxUid: z.string(),
  frames: z.number().int(),
  bytes: z.number().int(),
  sha256: sha256Hex,
  /** Present where `sha256` is that of the SHA-256 of the parts in which the file was written. */
  digest: z.literal('parts').optional(),
  pixelDigest: sha256Hex,
  /** As of `stagedFile`; rows of former times have neither. */
  localPseudonym: z.string().nullable().optional(),
  perceptualHash: perceptualHash.nullable().optional(),
  facts: imageFactValues,
  warnings: z.array(z.string()),
  /** Reason codes of HealthImaging's warnings. */
  importWarnings: z.array(z.string()).default([]),
  datastoreId: z.string(),
  imageSetId: z.string(),
});

/** What one submission brought to one series of a study. */
export const seriesContribution = z.object({
  seriesInstanceUid: z.string(),
  modality: z.string().nullable(),
  instances: z.number().int().min(1),
});

/** `CATALOGUE#<collection>#<split>` / `STUDY#<study uid>`. */
export const catalogueStudy = z.object({
  studyInstanceUid: z.string(),
  collection: collectionId,
  split,
  datastoreId: z.string(),
  /** By submission, so that a second run replaces its own part and nothing else. */
  contributions: z.record(submissionId, z.array(seriesContribution)),
  /** Counts the changes from 1; every write is conditional on the one it read. */
  version: z.number().int().min(1),
});

/** Query of `GET /v1/projects/{id}/studies`. */
export const studiesQuery = z.object({
  limit: numberInText(1, 500).default(100),
  next: pageToken.optional(),
});

/** A study as a project's member sees it. */
export const studyView = z.object({
  studyInstanceUid: z.string(),
  collection: collectionId,
  datastoreId: z.string(),
  series: z.array(seriesContribution),
  instances: z.number().int(),
});

/** Answer of `GET /v1/projects/{id}/studies`; `next` is absent on the last page. */
export const studiesPage = z.object({ studies: z.array(studyView), next: z.string().optional() });

export type InstanceRow = z.infer<typeof instanceRow>;
export type SeriesContribution = z.infer<typeof seriesContribution>;
export type CatalogueStudy = z.infer<typeof catalogueStudy>;
export type StudyView = z.infer<typeof studyView>;
