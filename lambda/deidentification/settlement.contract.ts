import * as z from 'zod';
import { duplicateFile, missingFile, quarantinedFile, submissionId, withheldFile } from './pipeline.contract';

/** What Settle decides of a submission. */

const split = z.enum(['development', 'held-out']);

/** A file that is the first of its SOP Instance UID in the collection and goes to its data store. */
export const fileToImport = z.object({
  outcome: z.literal('to-import'),
  ordinal: z.number().int(),
  pack: z.string(),
  split,
  sopInstanceUid: z.string(),
  patientPseudonym: z.string(),
  studyInstanceUid: z.string(),
});

/** A file after Settle: an end, or to be imported. */
export const settledFile = z.discriminatedUnion('outcome', [
  fileToImport,
  duplicateFile,
  withheldFile,
  quarantinedFile,
  missingFile,
]);

/** One import job: the files of a pack that go to the data store of one split. */
export const importPack = z.object({
  pack: z.string(),
  split,
  files: z.number().int().min(1),
  datastoreId: z.string(),
  inputS3Uri: z.string(),
  outputS3Uri: z.string(),
  jobName: z.string().max(64),
  clientToken: z.string().max(64),
});

/** `submissions/<submission>/settlement.json`. */
export const settlement = z.object({
  submissionId,
  files: z.array(settledFile),
  packs: z.array(importPack),
  /** Archives of which nothing can be read: they stay in landing when the rest is deleted. */
  keptArchives: z.array(z.number().int()).default([]),
});

export type SettledFile = z.infer<typeof settledFile>;
export type FileToImport = z.infer<typeof fileToImport>;
export type ImportPack = z.infer<typeof importPack>;
export type Settlement = z.infer<typeof settlement>;
