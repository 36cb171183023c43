import * as z from 'zod';
import { quarantineCodes } from '../../dicom/quarantine/quarantine-codes';
import { manifestEntry, sha256Hex, submissionId } from '../deidentification/pipeline.contract';
import { collectionConfiguration, collectionId, odsCode } from '../platform/configuration.contract';
import { numberInText } from '../platform/parameters.contract';
import { ledgerTotals, pageQuery, submissionState } from '../submission/submission.contract';

/** Quarantined files: what the ledger holds of them, and what the API takes and gives. */

/** Files that one release takes at most: their selection must end within the 29 seconds of a request. */
export const releaseFileLimit = 20_000;

/** Files that one request names at most. */
export const namedFileLimit = 1_000;

export const releaseId = z.string().regex(/^r-[0-9a-hjkmnp-tv-z]{26}$/, 'the id of a release');

/** A file by the submission in which it came. */
export const fileReference = z.strictObject({
  submission: submissionId,
  ordinal: z.number().int().min(1).max(100_000),
});

/** The fields of a collection that decide about a file. */
export const decidingFields = collectionConfiguration.pick({
  id: true,
  policy: true,
  acceptedPixelKinds: true,
  patientsWithoutNhsNumber: true,
});

/** What decided about a file beside the code of the engine: its policy, and what the collection accepts. */
export const processingRules = decidingFields
  .omit({ id: true })
  .extend({ policy: z.object({ name: z.string(), version: z.number().int(), sha256: sha256Hex }) });

/** Why an officer will not have a file; there is no free text, in which a name might stand. */
export const rejectionReasons = [
  'not-wanted',
  'cannot-be-cleaned',
  'sent-in-error',
  'asked-by-trust',
] as const;

const recordCommon = {
  ...fileReference.shape,
  trust: odsCode,
  collection: collectionId,
  code: z.enum(quarantineCodes),
  /** Where in the data set the reason lies; a path of tags, never a value. */
  tagPath: z.string().nullable(),
  /** Bucket in which the file lies as sent. */
  held: z.enum(['landing', 'quarantine']),
  /** The file as its manifest announced it. */
  entry: manifestEntry,
  /** Under which it was processed last. */
  rules: processingRules,
  quarantinedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Replays that ended in quarantine again. */
  replays: z.number().int().min(0),
};

/**
 * Ends of a released file. The ledger does not tell who was withheld (docs/adr/0027); the receipt of the replay tells the
 * trust.
 */
export const releasedOutcomes = ['imported', 'duplicateOrWithheld'] as const;

const replayOfFile = z.object({ release: releaseId, submission: submissionId });
const endedAt = z.iso.datetime();

/** `QUARANTINE#<submission>` / `FILE#<ordinal>`: a quarantined file is in exactly one of these states. */
export const quarantineRecord = z.discriminatedUnion('state', [
  z.object({ ...recordCommon, state: z.literal('waiting') }),
  z.object({ ...recordCommon, state: z.literal('replaying'), replay: replayOfFile }),
  z.object({
    ...recordCommon,
    state: z.literal('released'),
    replay: replayOfFile.extend({ ordinal: fileReference.shape.ordinal }),
    outcome: z.enum(releasedOutcomes),
    endedAt,
  }),
  z.object({
    ...recordCommon,
    state: z.literal('rejected'),
    reason: z.enum(rejectionReasons),
    /** Subject of the officer. */
    decidedBy: z.string(),
    endedAt,
  }),
  z.object({ ...recordCommon, state: z.literal('expired'), endedAt }),
]);

export const quarantineStates = ['waiting', 'replaying', 'released', 'rejected', 'expired'] as const;

/** `QUARANTINE#COUNTS` / `<ods>#<code>`: files that are kept (waiting or replaying). */
export const codeCount = z.object({
  trust: odsCode,
  code: z.enum(quarantineCodes),
  files: z.number().int().min(0),
});

/** `QUARANTINE#EXPIRY` / `<expiresAt>#<submission>#<held>`: files of a submission that end together. */
export const expiryGroup = z.object({
  submission: submissionId,
  trust: odsCode,
  held: z.enum(['landing', 'quarantine']),
  expiresAt: z.iso.datetime(),
});

/** One replay submission of a release. */
export const releasePart = z.object({
  part: z.number().int().min(1),
  trust: odsCode,
  collection: collectionId,
  /** Id that the replay submission has or will have. */
  submission: submissionId,
  files: z.number().int().min(1),
  bytes: z.number().int().min(0),
});

/** `releases/<release>/<part>.json`: the files of a part. */
export const releasePartFiles = z.object({
  release: releaseId,
  ...releasePart.omit({ files: true, bytes: true }).shape,
  requestedBy: z.string(),
  files: z.array(fileReference).min(1),
});

/** `RELEASE#<id>` / `RELEASE`. */
export const releaseRecord = z.object({
  id: releaseId,
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  code: z.enum(quarantineCodes).optional(),
  trust: odsCode.optional(),
  again: z.boolean(),
  parts: z.array(releasePart),
});

/** `RELEASE#<id>` / `PART#<part>`: files of a part that were free to be replayed. */
export const startedPart = z.object({ part: z.number().int(), files: z.number().int().min(0) });

/** Input of the state machine's step. */
export const replayStep = z.object({ releaseId, part: z.number().int().min(1) });

/** `submissions/<submission>/replay.json`: which quarantined file each file of a replay submission is. */
export const replayFiles = z.object({
  release: releaseId,
  submission: submissionId,
  files: z.array(
    z.object({ origin: fileReference, held: z.enum(['landing', 'quarantine']), entry: manifestEntry }),
  ),
});

/** Body of `POST /v1/quarantine/releases`. */
export const releaseRequest = z
  .strictObject({
    code: z.enum(quarantineCodes).optional(),
    trust: odsCode.optional(),
    files: z.array(fileReference).min(1).max(namedFileLimit).optional(),
    /** Release also files whose rules have not changed since. */
    again: z.boolean().default(false),
    /** Say what would be released, and do nothing. */
    dryRun: z.boolean().default(false),
  })
  .refine(({ code, files }) => (code === undefined) !== (files === undefined), 'either a code or files')
  .refine(({ trust, files }) => trust === undefined || files === undefined, 'a trust goes with a code');

/** Files that a release leaves out, with the reason. */
const leftOut = z.object({
  /** The rules under which they were quarantined still hold. */
  unchanged: z.number().int(),
  /** In a replay already, or at their end. */
  notWaiting: z.number().int(),
  /** Above the limit of one release. */
  aboveLimit: z.number().int(),
});

export const partView = releasePart.extend({
  state: z.enum(['planned', 'copying', 'nothing-to-do', ...submissionState.options]),
  totals: ledgerTotals.optional(),
});

/** Answer of `POST /v1/quarantine/releases`; without an id it was a dry run. */
export const releaseAnswer = z.object({
  id: releaseId.optional(),
  files: z.number().int(),
  bytes: z.number().int(),
  parts: z.array(partView),
  leftOut,
});

/** Answer of `GET /v1/quarantine/releases/{id}`. */
export const releaseView = releaseRecord.omit({ parts: true }).extend({ parts: z.array(partView) });

/** Body of `POST /v1/quarantine/{submission}/{ordinal}/reject`. */
export const rejectionBody = z.strictObject({ reason: z.enum(rejectionReasons) });

/** Query of `GET /v1/quarantine`. */
export const quarantineQuery = pageQuery.extend({
  code: z.enum(quarantineCodes).optional(),
  trust: odsCode.optional(),
  state: z.enum(quarantineStates).optional(),
  /** Only files that end within so many days. */
  endsWithin: numberInText(0, 400).optional(),
});

/** A quarantined file as officers and its trust see it. */
export const quarantineView = z.object({
  ...fileReference.shape,
  trust: odsCode,
  collection: collectionId,
  code: z.enum(quarantineCodes),
  tagPath: z.string().nullable(),
  bytes: z.number().int(),
  held: z.enum(['landing', 'quarantine']),
  state: z.enum(quarantineStates),
  quarantinedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endsSoon: z.boolean(),
  replays: z.number().int(),
  /** The replay submission in which the file is or was. */
  replay: submissionId.optional(),
  /** Its number there, once it is released. */
  replayOrdinal: fileReference.shape.ordinal.optional(),
  outcome: z.enum(releasedOutcomes).optional(),
  reason: z.enum(rejectionReasons).optional(),
  endedAt: z.iso.datetime().optional(),
});

/** Answer of `GET /v1/quarantine`. */
export const quarantinePage = z.object({ files: z.array(quarantineView), next: z.string().optional() });

/** Answer of `GET /v1/quarantine/counts`: files that are kept. */
export const quarantineCounts = z.object({ counts: z.array(codeCount) });

/** Answer of `GET /v1/quarantine/{submission}/{ordinal}`. */
export const quarantineDetails = quarantineView.extend({
  happened: z.string(),
  fix: z.string(),
  release: z.enum(['rule-change', 'any-time', 'never']),
  releaseReason: z.string(),
  /** Under which the file was processed last. */
  rules: processingRules,
  /** Null where the collection is configured no more. */
  currentRules: processingRules.nullable(),
  rulesChanged: z.boolean(),
  /** Subject of the officer who rejected it; for officers. */
  decidedBy: z.string().optional(),
});

export type DecidingFields = z.infer<typeof decidingFields>;
export type FileReference = z.infer<typeof fileReference>;
export type ProcessingRules = z.infer<typeof processingRules>;
export type QuarantineRecord = z.infer<typeof quarantineRecord>;
export type WaitingRecord = Extract<QuarantineRecord, { state: 'waiting' }>;
export type QuarantineState = QuarantineRecord['state'];
export type CodeCount = z.infer<typeof codeCount>;
export type ExpiryGroup = z.infer<typeof expiryGroup>;
export type ReleasePart = z.infer<typeof releasePart>;
export type ReleasePartFiles = z.infer<typeof releasePartFiles>;
export type ReleaseRecord = z.infer<typeof releaseRecord>;
export type ReleaseRequest = z.infer<typeof releaseRequest>;
export type ReleaseAnswer = z.infer<typeof releaseAnswer>;
export type ReleaseView = z.infer<typeof releaseView>;
export type PartView = z.infer<typeof partView>;
export type ReplayFiles = z.infer<typeof replayFiles>;
export type QuarantineView = z.infer<typeof quarantineView>;
export type QuarantineDetails = z.infer<typeof quarantineDetails>;
export type QuarantineQuery = z.infer<typeof quarantineQuery>;
export type RejectionReason = (typeof rejectionReasons)[number];
