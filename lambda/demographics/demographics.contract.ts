import * as z from 'zod';
import { sha256Hex, submissionId } from '../deidentification/pipeline.contract';
import { odsCode } from '../platform/configuration.contract';
import { demographicsRow, tableCompleteness } from './table-columns.contract';
import { tableFault } from './table-faults.contract';

/** Demographics of a submission: what the API takes and gives, and what is kept. */

/** One sending of a table: `u-` and 26 characters that sort by time. A later one replaces an earlier one. */
export const uploadId = z.string().regex(/^u-[0-9a-hjkmnp-tv-z]{26}$/, 'the id of an upload');

/** Body of `POST /v1/submissions/{id}/demographics-url`. */
export const demographicsUrlBody = z.strictObject({
  bytes: z.number().int().min(1),
  sha256: sha256Hex,
});

/** Answer of it: a presigned PUT, and the id by which the table is then handed in. */
export const demographicsUrl = z.object({
  upload: uploadId,
  url: z.url(),
  headers: z.record(z.string(), z.string()),
});

/** Body of `POST /v1/submissions/{id}/demographics`. */
export const demographicsBody = z.strictObject({ upload: uploadId });

/** Answer of it where the table has no fault. */
export const demographicsAccepted = tableCompleteness.extend({ upload: uploadId });

/** Members of the refusal `DEMOGRAPHICS_INVALID`. */
export const demographicsFaults = z.object({
  rows: z.number().int(),
  errors: z.array(tableFault),
  /** Faults that are not listed. */
  more: z.number().int(),
});

/** Why a row was not taken over. */
export const dropReasons = ['NO_IMPORTED_IMAGES', 'IDENTIFIERS_DISAGREE', 'EXPIRED'] as const;

/** What became of the rows of a table: `rows` is `applied` and `dropped` together. */
export const demographicsTotals = z.object({
  rows: z.number().int().min(0),
  applied: z.number().int().min(0),
  dropped: z.number().int().min(0),
  /** Dropped rows by reason; reasons without rows are left out. */
  reasons: z.partialRecord(z.enum(dropReasons), z.number().int().min(1)),
});

/**
 * `SUBMISSION#<id>` / `DEMOGRAPHICS`: uploads and no counts. How many rows were dropped tells, of a submission of one
 * patient, whether that patient has opted out.
 */
export const demographicsRecord = z.object({
  /** Set before the pipeline looks for rows: from then on whoever brings rows sees to it that they are applied. */
  catalogued: z.boolean().optional(),
  acceptedUpload: uploadId.optional(),
  acceptedAt: z.iso.datetime().optional(),
  appliedUpload: uploadId.optional(),
  appliedAt: z.iso.datetime().optional(),
});

/** Demographics of a submission as its trust sees them. */
export const demographicsView = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), rows: z.number().int() }),
  demographicsTotals.extend({ state: z.literal('applied') }),
]);

/** `demographics/rows/<submission>/<upload>.json` in the exchange bucket: checked rows on their way to the catalogue. */
export const checkedRows = z.object({ rows: z.array(demographicsRow) });

/** A row of `clinical/collection=<id>/split=<split>/<submission>.ndjson`: one patient. */
export const clinicalRow = demographicsRow.omit({ nhsNumber: true, subjectId: true }).extend({
  patientPseudonym: z.string(),
  submission: submissionId,
  trust: odsCode,
  /** ONS code: of the row, else of the trust. */
  region: z.string(),
});

export type DropReason = (typeof dropReasons)[number];
export type DemographicsTotals = z.infer<typeof demographicsTotals>;
export type DemographicsRecord = z.infer<typeof demographicsRecord>;
export type DemographicsView = z.infer<typeof demographicsView>;
export type ClinicalRow = z.infer<typeof clinicalRow>;
export type DemographicsAccepted = z.infer<typeof demographicsAccepted>;
