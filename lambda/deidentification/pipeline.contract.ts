import * as z from 'zod';
import { quarantineCodes } from '../../dicom/quarantine/quarantine-codes';
import { largestPart, partLimit, smallestPart } from '../submission/parts.contract';

/** Records that pass between the steps of the pipeline, by pointer, as JSON objects in the work bucket. */

export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 lower-case hex digits');

/** 256 bits. */
export const perceptualHash = z.string().regex(/^[0-9a-f]{64}$/, 'a perceptual hash in 64 hex digits');

/** Facts of an image by name (`ImageFacts` of dicom/). */
export const imageFactValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

export const submissionId = z.string().regex(/^s-[0-9a-hjkmnp-tv-z]{26}$/, 'a submission id');

/** How what is above 100 MB is cut: size of every part but the last, and the digest of each. */
export const fileParts = z.object({
  bytes: z.number().int().min(smallestPart).max(largestPart),
  sha256: z.array(sha256Hex).min(1).max(partLimit),
});

/** In which archive of the submission a file came, and its position in the central directory there. It has no name. */
export const archivedFile = z.object({
  archive: z.number().int().min(1).max(100_000),
  member: z.number().int().min(1).max(100_000),
});

/** One file of the manifest. */
export const manifestEntry = z.object({
  ordinal: z.number().int().min(1).max(100_000),
  /** HealthImaging takes 10 GB at most; larger files end as `quarantined(TOO_LARGE)` before a byte is copied. */
  bytes: z.number().int().min(0).max(5_000_000_000_000),
  /** Of the whole file; of a file in parts, of the digests of its parts one after the other. */
  sha256: sha256Hex,
  /** Ordinal of the file's series within the submission. */
  group: z.number().int().min(1).max(100_000),
  /** Of a file that came in a zip archive. */
  archived: archivedFile.optional(),
  /** Of files above 100 MB, which are sent in parts. */
  parts: fileParts.optional(),
});

/**
 * A zip archive of the submission, which lands as it is. Its members are files of the manifest like others; what is in
 * it beside them is not read.
 */
export const manifestArchive = z.object({
  archive: archivedFile.shape.archive,
  /** An archive without members has 22 bytes; the largest holds all that a submission may. */
  bytes: z.number().int().min(22).max(1_000_000_000_000),
  /** Of the whole archive; of one in parts, of the digests of its parts one after the other. */
  sha256: sha256Hex,
  /** As of a file. */
  parts: fileParts.optional(),
});

/** Where the bytes of a member stand in its archive: what is read of a central directory (dicom/archive). */
export const locatedMember = archivedFile.extend({
  offset: z.number().int().min(0),
  span: z.number().int().min(1),
  compressedBytes: z.number().int().min(0),
  crc32: z.number().int().min(0),
  coding: z.enum(['stored', 'deflate']),
});

/**
 * A file of a batch: one of an archive with the place of its bytes, one in parts without their digests, which Plan has
 * compared with those that S3 holds.
 */
export const batchFile = manifestEntry.omit({ parts: true }).extend({
  archived: locatedMember.optional(),
  /** `parts`: `sha256` is not that of the whole file, and has been compared already. */
  digest: z.literal('parts').optional(),
});

/** `b-` and six digits. */
export const batchId = z.string().regex(/^b-\d{6}$/, 'the id of a batch');

/** A few files of one pack: the item of the Distributed Map. */
export const batch = z.object({
  submissionId,
  batch: batchId,
  /** `p-` and four digits. */
  pack: z.string().regex(/^p-\d{4}$/),
  files: z.array(batchFile).min(1),
});

/** A batch by its id: how the state machine speaks of one that holds a large file. */
export const batchPointer = z.strictObject({ submissionId, batch: batchId });

const split = z.enum(['development', 'held-out']);

/** A file after Deidentify, staged but not settled. */
export const stagedFile = z.object({
  outcome: z.literal('staged'),
  ordinal: z.number().int(),
  group: z.number().int(),
  pack: z.string(),
  key: z.string(),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  sopInstanceUid: z.string(),
  sopClassUid: z.string(),
  transferSyntaxUid: z.string(),
  patientPseudonym: z.string(),
  /**
   * Pseudonym of the file's Patient ID alone, as of a patient without an NHS number: by it a demographics row that has
   * only this id finds its patient.
   */
  localPseudonym: z.string().nullable().optional(),
  split,
  frames: z.number().int(),
  bytes: z.number().int(),
  sha256: sha256Hex,
  /** Present where `sha256` is not that of the output but of the SHA-256 of its parts, as S3 has them. */
  digest: z.literal('parts').optional(),
  pixelDigest: sha256Hex,
  groupingDigest: sha256Hex,
  /** Null where the pixels could not be looked at; absent in results of former times. */
  perceptualHash: perceptualHash.nullable().optional(),
  facts: imageFactValues,
  warnings: z.array(z.string()),
});

/** A file that is kept apart, with the reason. */
export const quarantinedFile = z.object({
  outcome: z.literal('quarantined'),
  ordinal: z.number().int(),
  code: z.enum(quarantineCodes),
  tagPath: z.string().nullable().default(null),
  /**
   * Where the file as sent is kept. Only one whose patient was cleared leaves landing; one that could not be read so
   * far is quarantined where it lies, until landing's own retention ends.
   */
  held: z.enum(['landing', 'quarantine']),
  /** Whose file is kept in quarantine, for a withdrawal to find; not of one held in landing, nor after a withdrawal. */
  patientPseudonym: z.string().optional(),
  /** Mapped UID, where it was known by then. */
  studyInstanceUid: z.string().optional(),
});
export const withheldFile = z.object({ outcome: z.literal('withheld'), ordinal: z.number().int() });
export const missingFile = z.object({ outcome: z.literal('missing'), ordinal: z.number().int() });
export const duplicateFile = z.object({ outcome: z.literal('duplicate'), ordinal: z.number().int() });
export const importedFile = z.object({
  outcome: z.literal('imported'),
  ordinal: z.number().int(),
  sopInstanceUid: z.string(),
});

/** What Deidentify leaves behind for a file. */
export const fileResult = z.discriminatedUnion('outcome', [
  stagedFile,
  quarantinedFile,
  withheldFile,
  missingFile,
]);

/** A file's end: exactly one of these. */
export const fileFate = z.discriminatedUnion('outcome', [
  importedFile,
  duplicateFile,
  withheldFile,
  quarantinedFile,
  missingFile,
]);

export const outcomes = ['imported', 'duplicate', 'withheld', 'quarantined', 'missing'] as const;

export type ManifestEntry = z.infer<typeof manifestEntry>;
export type ManifestArchive = z.infer<typeof manifestArchive>;
export type BatchFile = z.infer<typeof batchFile>;
export type Batch = z.infer<typeof batch>;
export type BatchPointer = z.infer<typeof batchPointer>;
export type StagedFile = z.infer<typeof stagedFile>;
export type FileResult = z.infer<typeof fileResult>;
export type FileFate = z.infer<typeof fileFate>;
export type Outcome = (typeof outcomes)[number];
