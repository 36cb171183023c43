import * as z from 'zod';
import { importedFile, quarantinedFile, submissionId } from '../deidentification/pipeline.contract';

/** Import jobs of HealthImaging: steps of the state machine, and what they leave in the work bucket. */

const split = z.enum(['development', 'held-out']);

/** Id of an import job or a data store (HealthImaging: 32 lower-case letters and digits). */
const imagingId = z.string().regex(/^[0-9a-z]{32}$/, '32 lower-case letters and digits');

/** Input of ReconcileImport. */
export const importJobStep = z.object({
  submissionId,
  pack: z.string().regex(/^p-\d{4}$/),
  split,
  jobId: imagingId,
  datastoreId: imagingId,
});

/** Input of AwaitImport. */
export const awaitImportStep = importJobStep.extend({ taskToken: z.string().min(1) });

/** `JOB#<job id>` / `WAIT`. */
export const importWait = z.object({ taskToken: z.string() });

/** A file of a pack after its import. */
export const packFile = z.discriminatedUnion('outcome', [
  importedFile.extend({
    imageSetId: imagingId,
    /** Reason codes of HealthImaging's warnings. */
    warnings: z.array(z.string()).default([]),
  }),
  quarantinedFile.extend({
    /** HealthImaging's type of exception; its message is not kept. */
    exceptionType: z.string().nullable(),
  }),
]);

/** `submissions/<submission>/imports/<split>-<pack>.json`. */
export const importedPack = z.object({
  submissionId,
  pack: z.string(),
  split,
  jobId: imagingId,
  datastoreId: imagingId,
  files: z.array(packFile),
});

export type ImportJobStep = z.infer<typeof importJobStep>;
export type AwaitImportStep = z.infer<typeof awaitImportStep>;
export type PackFile = z.infer<typeof packFile>;
export type ImportedPack = z.infer<typeof importedPack>;
