import * as z from 'zod';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { batch, batchId, fileResult, submissionId } from './pipeline.contract';

/** Input of a step that needs nothing but the submission. */
export const submissionStep = z.object({ submissionId });

/** `submissions/<submission>/plan.json`: what the later steps need to know of a submission. */
export const plan = z.object({
  submissionId,
  trust: odsCode,
  collection: collectionId,
  /** Files of the manifest. */
  files: z.number().int(),
  packs: z.number().int(),
  /** Those of large files included. */
  batches: z.number().int(),
  /** Batches of one large file each. */
  largeBatches: z.array(batchId).default([]),
});

/** `submissions/<submission>/work-list.json`: every batch; `…/map-list.json`: those without a large file. */
export const workList = z.array(batch);

/** `submissions/<submission>/results/<batch>.json`, and `…/plan.json` for what Plan itself decided. */
export const batchResults = z.array(fileResult);

export type Plan = z.infer<typeof plan>;
