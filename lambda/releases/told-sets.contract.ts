import * as z from 'zod';

/**
 * `cohorts/queries/<release>/published.json` of the catalogue bucket: the patients of every count that the documents of a
 * release show, or that follows from what they show. Every question about the release is decided after them.
 */
export const toldSets = z.strictObject({
  /** How many the release has, of both splits: every set of its log of questions has a bit for each. */
  patients: z.number().int().min(0),
  /** As `PatientSet.toBytes` writes them, in base64. */
  sets: z.array(z.base64()),
});
