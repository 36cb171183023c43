import * as z from 'zod';
import { submissionId } from '../deidentification/pipeline.contract';
import { collectionId, odsCode } from '../platform/configuration.contract';

/**
 * What the ledger knows of where something of a patient or a study stands, and of who has been withdrawn. Written before
 * anything is kept, so that a withdrawal finds all of it.
 */

const split = z.enum(['development', 'held-out']);

/** `PATIENT#<pseudonym>` / `STUDY#<collection>#<split>#<study uid>#<submission>`. */
export const heldStudy = z.object({
  collection: collectionId,
  split,
  studyInstanceUid: z.string(),
  submissionId,
});

/** `STUDY#<collection>#<study uid>` / `SUBMISSION#<submission>`. */
export const studyHolder = z.object({
  split,
  patientPseudonym: z.string(),
  submissionId,
});

/** `PATIENT#<pseudonym>` / `QUARANTINED#<trust>#<submission>#<ordinal>`. */
export const quarantinedCopy = z.object({
  trust: odsCode,
  collection: collectionId,
  submissionId,
  ordinal: z.number().int().min(1),
  /** Mapped UID; null where the file was refused before its study was known. */
  studyInstanceUid: z.string().nullable(),
});

/** `WITHDRAWN#PATIENT#<pseudonym>`, `WITHDRAWN#STUDY#<collection>#<study uid>`, `WITHDRAWN#TRUST#<ods>` / `MARK`. */
export const withdrawalMark = z.object({
  withdrawalId: z.string(),
  withdrawnAt: z.iso.datetime(),
});

export type HeldStudy = z.infer<typeof heldStudy>;
export type StudyHolder = z.infer<typeof studyHolder>;
export type QuarantinedCopy = z.infer<typeof quarantinedCopy>;
export type WithdrawalMark = z.infer<typeof withdrawalMark>;
