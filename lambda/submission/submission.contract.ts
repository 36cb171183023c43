import * as z from 'zod';
import { quarantineCodes } from '../../dicom/quarantine/quarantine-codes';
import {
  archivedFile,
  fileParts,
  manifestArchive,
  manifestEntry,
  outcomes,
  sha256Hex,
  submissionId,
} from '../deidentification/pipeline.contract';
import { demographicsTotals, demographicsView } from '../demographics/demographics.contract';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { pageToken } from '../platform/parameters.contract';
import { presignedUpload } from '../platform/presigned-urls.contract';
import { partLimit } from './parts.contract';

/** Submissions: what the API takes and gives, and what the ledger holds of them. */

/** Files of one submission, at most. */
export const fileLimit = 100_000;

/** Entries of one manifest page, at most: about 1.3 MB of JSON, under the 6 MB of a function's request. */
export const manifestPageEntryLimit = 10_000;

/** Manifest pages of one submission, at most. */
export const manifestPageLimit = 1_000;

/**
 * Bytes of one submission, at most (1 TB): its packs, of 9 GB each, must stand in the 256 KiB that a state machine
 * passes on.
 */
export const submissionByteLimit = 1_000_000_000_000;

/** Ordinals of one request for upload URLs, at most. */
export const uploadUrlLimit = 500;

/** Largest file that HealthImaging takes, in bytes; no URL is given for a larger one. */
export const importedFileLimit = 10_000_000_000;

/** URLs of parts of one request, at most. */
export const partUrlLimit = 500;

/** Digests of parts in one manifest page, at most: 2.7 MB of JSON beside the entries. */
export const manifestPageDigestLimit = 40_000;

/** Bytes of a file of NHS numbers, at most: 100,000 lines of ten digits, comma and line end, doubled. */
export const subjectsByteLimit = 2_600_000;

export const submissionState = z.enum(['open', 'processing', 'done', 'stopped']);

/** Files by outcome; they add up to the files of the manifest. */
export const outcomeTotals = z.record(z.enum(outcomes), z.number().int().min(0));

/**
 * What stays of the outcomes beyond the receipt, and what others than the trust may be told. Withheld files are counted
 * together with duplicates: a submission may be of one patient, and how many of its files were withheld would tell
 * whether that patient has opted out. They add up to the files of the manifest.
 */
export const ledgerTotals = z.object({
  imported: z.number().int().min(0),
  duplicateOrWithheld: z.number().int().min(0),
  quarantined: z.number().int().min(0),
  missing: z.number().int().min(0),
});

/** Quarantined files by code; codes without files are left out. */
export const quarantineTotals = z.partialRecord(z.enum(quarantineCodes), z.number().int().min(1));

/** Body of `POST /v1/submissions`. */
export const newSubmission = z.strictObject({
  collection: collectionId,
  fileCount: z.number().int(),
  totalBytes: z.number().int().min(0),
  /** Chosen by the client, e.g. a UUID: the same key gives the same submission. */
  idempotencyKey: z.string().regex(/^[A-Za-z0-9._~-]{8,128}$/, '8 to 128 letters, digits and . _ ~ -'),
});

/** Answer of `POST /v1/submissions`. */
export const submissionCreated = z.object({
  id: submissionId,
  state: submissionState,
  /** The submission made before under this key was not completed in time: another key makes another one. */
  expired: z.literal(true).optional(),
});

const sentParts = z.strictObject(fileParts.shape).optional();

/** A file of the manifest as a client sends it. */
export const sentEntry = z.strictObject({
  ...manifestEntry.shape,
  archived: z.strictObject(archivedFile.shape).optional(),
  parts: sentParts,
});

/** An archive of the manifest as a client sends it. */
export const sentArchive = z.strictObject({ ...manifestArchive.shape, parts: sentParts });

/** Bytes of a manifest page, at most: entries and digests by their limits, within the 6 MB of a function's request. */
export const manifestPageByteLimit = 5_000_000;

/** Answer of `POST /v1/submissions/{id}/complete`. */
export const submissionCompleted = z.object({ id: submissionId, state: submissionState });

/** Body of `PUT /v1/submissions/{id}/manifest/{page}`. */
export const manifestPageBody = z
  .strictObject({
    entries: z.array(sentEntry).min(1).max(manifestPageEntryLimit),
    /** The archives of which the first file stands in this page, and no others. */
    archives: z.array(sentArchive).max(manifestPageEntryLimit).default([]),
  })
  .refine(
    ({ entries, archives }) =>
      [...entries, ...archives].reduce((sum, { parts }) => sum + (parts?.sha256.length ?? 0), 0) <=
      manifestPageDigestLimit,
    `at most ${manifestPageDigestLimit} digests of parts in a page`,
  );

/** Answer of `PUT /v1/submissions/{id}/manifest/{page}`. */
export const manifestPageAccepted = z.object({ page: z.number().int(), entries: z.number().int() });

/** A manifest page as it stands in the work bucket. */
export const storedManifestPage = z.object({
  entries: z.array(manifestEntry),
  archives: z.array(manifestArchive).default([]),
});

/** Body of `POST /v1/submissions/{id}/upload-urls`. */
export const uploadUrlsBody = z.strictObject({
  ordinals: z.array(z.number().int().min(1).max(fileLimit)).min(1).max(uploadUrlLimit),
});

/** Answer of `POST /v1/submissions/{id}/upload-urls`. */
export const uploadUrls = z.object({
  urls: z.array(presignedUpload.extend({ ordinal: z.number().int() })),
});

/** Body of `POST /v1/submissions/{id}/archive-urls`. */
export const archiveUrlsBody = z.strictObject({
  archives: z.array(manifestArchive.shape.archive).min(1).max(uploadUrlLimit),
});

/** Answer of `POST /v1/submissions/{id}/archive-urls`. */
export const archiveUrls = z.object({
  urls: z.array(presignedUpload.extend({ archive: z.number().int() })),
});

/** Body of `POST …/files/{ordinal}/part-urls` and `…/archives/{archive}/part-urls`: missing parts after `after`, `limit` at most. */
export const partUrlsBody = z.strictObject({
  after: z.number().int().min(0).max(partLimit).default(0),
  limit: z.number().int().min(1).max(partUrlLimit).default(100),
});

/**
 * Answer of `part-urls`, which names the file or the archive beside. A part after `after`, and up to `next` where there
 * is one, that has no URL here has been received.
 */
export const partUrls = z.object({
  /** Parts of the file or archive. */
  parts: z.number().int(),
  /** Of these, how many have been received. */
  received: z.number().int(),
  /** `received`: it is complete, nothing is left to be done for it. */
  state: z.enum(['open', 'received']),
  urls: z.array(presignedUpload.extend({ part: z.number().int() })),
  next: z.number().int().optional(),
});

/** Answer of `POST …/files/{ordinal}/part-urls`. */
export const filePartUrls = partUrls.extend({ ordinal: z.number().int() });

/** Answer of `POST …/archives/{archive}/part-urls`. */
export const archivePartUrls = partUrls.extend({ archive: z.number().int() });

/** Answer of `complete` of a file or an archive, which names it beside. */
export const uploadCompleted = z.object({ state: z.literal('received') });

/** Answer of `POST …/files/{ordinal}/complete`. */
export const fileCompleted = uploadCompleted.extend({ ordinal: z.number().int() });

/** Answer of `POST …/archives/{archive}/complete`. */
export const archiveCompleted = uploadCompleted.extend({ archive: z.number().int() });

/** `SUBMISSION#<id>` / `UPLOAD#<key>`: the multipart upload of a file or an archive that is sent in parts. */
export const uploadRecord = z.object({
  /** Key in landing. */
  key: z.string().min(1),
  uploadId: z.string().min(1),
  /** `received`: the parts have been put together. */
  state: z.enum(['open', 'received']),
});

/** Body of `POST /v1/submissions/{id}/subjects-url`. */
export const subjectsUrlBody = z.strictObject({
  bytes: z.number().int().min(1).max(subjectsByteLimit),
  sha256: sha256Hex,
});

/** A submission as the API shows it. */
export const submissionView = z.object({
  id: submissionId,
  state: submissionState,
  collection: collectionId,
  /** As announced. */
  fileCount: z.number().int(),
  totalBytes: z.number().int(),
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime().optional(),
  /** It was not completed in time: `completedAt` is when it ended. */
  expired: z.literal(true).optional(),
  /** Of an expired submission that is done: files of its manifest, to which totals add up; not all may have been listed. */
  listedFiles: z.number().int().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** Of a finished submission asked for by its id, for as long as its receipt is kept. */
  totals: outcomeTotals.optional(),
  /** Of every finished submission. */
  ledgerTotals: ledgerTotals.optional(),
  quarantine: quarantineTotals.optional(),
  /** Absent where no demographics table was accepted, and in listings. */
  demographics: demographicsView.optional(),
  /** Why the pipeline stopped: a step of the state machine. */
  stoppedAt: z.string().optional(),
  /** Submissions whose quarantined files the platform processed again in this one. */
  replayOf: z.array(submissionId).optional(),
});

/** Query of listings: `next` as the page before gave it. */
export const pageQuery = z.object({ next: pageToken.optional() });

/** Answer of `GET /v1/submissions`; newest first. */
export const submissionsPage = z.object({
  submissions: z.array(submissionView),
  next: z.string().optional(),
});

/** Query of `GET /v1/submissions/{id}/files`. */
export const filesQuery = pageQuery.extend({ outcome: z.enum(outcomes).optional() });

/** The fate of one file, as the uploading trust sees it. */
export const fileView = z.object({
  ordinal: z.number().int(),
  outcome: z.enum(outcomes),
  code: z.enum(quarantineCodes).optional(),
  happened: z.string().optional(),
  fix: z.string().optional(),
});

/** Answer of `GET /v1/submissions/{id}/files`. */
export const filesPage = z.object({ files: z.array(fileView), next: z.string().optional() });

/** Answer of `GET /v1/submissions/{id}/receipt`. */
export const receiptLink = z.object({ url: z.url(), expiresAt: z.iso.datetime() });

const recordCommon = {
  id: submissionId,
  trust: odsCode,
  collection: collectionId,
  fileCount: z.number().int().min(1).max(fileLimit),
  totalBytes: z.number().int().min(0),
  createdAt: z.iso.datetime(),
  /** Subject of the token with which the submission was made. */
  createdBy: z.string(),
  /** Set where the platform made it of the quarantined files of other submissions. */
  replayOf: z.array(submissionId).optional(),
};

const closedCommon = {
  ...recordCommon,
  completedAt: z.iso.datetime(),
  /** It was not completed in time: the manifest was closed as it stood. */
  expired: z.literal(true).optional(),
};

/** `SUBMISSION#<id>` / `SUBMISSION`. */
export const submissionRecord = z.discriminatedUnion('state', [
  z.object({ ...recordCommon, state: z.literal('open') }),
  z.object({ ...closedCommon, state: z.literal('processing') }),
  z.object({
    ...closedCommon,
    state: z.literal('done'),
    finishedAt: z.iso.datetime(),
    totals: ledgerTotals,
    quarantine: quarantineTotals,
  }),
  z.object({
    ...closedCommon,
    state: z.literal('stopped'),
    failedStep: z.string(),
    failure: z.string(),
  }),
]);

/** `SUBMISSION#<id>` / `PAGE#<page>`: what a manifest page holds, without its entries. */
export const manifestPageRecord = z.object({
  page: z.number().int().min(1).max(manifestPageLimit),
  /** SHA-256 of the canonical JSON of the entries in order of ordinal, with the archives where the page has some. */
  digest: sha256Hex,
  entries: z.number().int(),
  bytes: z.number().int(),
  firstOrdinal: z.number().int(),
  lastOrdinal: z.number().int(),
  /** Bytes of the archives of the page. */
  archiveBytes: z.number().int().default(0),
});

/** One file in the receipt. */
export const receiptFile = z.object({
  ordinal: z.number().int(),
  sha256: sha256Hex,
  bytes: z.number().int(),
  /** `parts`: `sha256` is that of the digests of parts of `partBytes`, one after the other; else of the whole file. */
  digest: z.literal('parts').optional(),
  partBytes: z.number().int().optional(),
  outcome: z.enum(outcomes),
  code: z.enum(quarantineCodes).optional(),
});

/** Payload of the receipt. */
export const receiptPayload = z.object({
  version: z.literal(1),
  submission: submissionId,
  trust: odsCode,
  collection: collectionId,
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime(),
  issuedAt: z.iso.datetime(),
  /** Set where the platform processed quarantined files of these submissions again: they were counted there before. */
  replayOf: z.array(submissionId).optional(),
  /**
   * The submission was not completed in time. What had been announced; `files` are those that had been listed, of which
   * some ordinals may be lacking.
   */
  expired: z.object({ announcedFiles: z.number().int(), announcedBytes: z.number().int() }).optional(),
  /** De-identification policy under which the files were processed. */
  policy: z.object({ name: z.string(), version: z.number().int(), sha256: sha256Hex }),
  totals: outcomeTotals,
  quarantine: quarantineTotals,
  /** Rows of the demographics table that came before the receipt; absent where none did. */
  demographics: demographicsTotals.optional(),
  files: z.array(receiptFile),
});

/** The receipt: JWS in flattened JSON serialisation (RFC 7515 §7.2.2), ES256. */
export const signedReceipt = z.object({
  payload: z.string(),
  protected: z.string(),
  signature: z.string(),
});

/** Protected header of the receipt. */
export const receiptHeader = z.object({
  alg: z.literal('ES256'),
  kid: z.string(),
  typ: z.literal('nmip-receipt+jws'),
});

/** A public key of receipts, as a JWKS lists it (RFC 7517). */
export const receiptKey = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});

/** Answer of `GET /v1/receipt-keys`: a JWKS. */
export const receiptKeys = z.object({ keys: z.array(receiptKey) });

export type ReceiptKey = z.infer<typeof receiptKey>;
export type SubmissionState = z.infer<typeof submissionState>;
export type LedgerTotals = z.infer<typeof ledgerTotals>;
export type OutcomeTotals = z.infer<typeof outcomeTotals>;
export type QuarantineTotals = z.infer<typeof quarantineTotals>;
export type NewSubmission = z.infer<typeof newSubmission>;
export type SubmissionView = z.infer<typeof submissionView>;
export type SubmissionRecord = z.infer<typeof submissionRecord>;
export type ManifestPageRecord = z.infer<typeof manifestPageRecord>;
export type PartUrls = z.infer<typeof partUrls>;
export type UploadRecord = z.infer<typeof uploadRecord>;
export type FileView = z.infer<typeof fileView>;
export type ReceiptFile = z.infer<typeof receiptFile>;
export type ReceiptPayload = z.infer<typeof receiptPayload>;
export type SignedReceipt = z.infer<typeof signedReceipt>;
