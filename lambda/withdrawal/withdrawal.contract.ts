import * as z from 'zod';
import { sha256Hex } from '../deidentification/pipeline.contract';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { pageToken } from '../platform/parameters.contract';

/** Withdrawals: what the API takes and gives, and what the ledger holds of them. */

export const withdrawalId = z.string().regex(/^w-[0-9a-hjkmnp-tv-z]{26}$/, 'a withdrawal id');

export const withdrawalKinds = ['patients', 'studies', 'trust'] as const;

/** Why something is withdrawn: one of these, never free text, which might name somebody. */
export const withdrawalReasons = [
  'national-data-opt-out',
  'patient-request',
  'consent-withdrawn',
  'trust-request',
  'sent-in-error',
  'legal-basis-ended',
] as const;

/** Reasons that are the patient's own, whoever holds images: the others are of what one trust sent. */
export const reasonsOfPatient: readonly (typeof withdrawalReasons)[number][] = [
  'national-data-opt-out',
  'patient-request',
  'consent-withdrawn',
];

export const withdrawalStates = [
  /** Waits for the list of patients. */
  'open',
  'preparing',
  /** Counted; nothing has been deleted. */
  'prepared',
  'withdrawing',
  'done',
  'stopped',
] as const;

/** Studies of one request, at most. */
export const withdrawnStudiesLimit = 10_000;

/** Bytes of a request, at most: as many UIDs of 64 characters. */
export const newWithdrawalByteLimit = 1_000_000;

/** Bytes of a list of patients, at most: 100,000 NHS numbers with line ends, doubled. */
export const subjectsByteLimit = 2_600_000;

const uid = z
  .string()
  .max(64)
  .regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a DICOM UID');

const reason = z.enum(withdrawalReasons);

const common = {
  reason,
  /** Chosen by the client, e.g. a UUID: the same key gives the same withdrawal. */
  idempotencyKey: z.string().regex(/^[A-Za-z0-9._~-]{8,128}$/, '8 to 128 letters, digits and . _ ~ -'),
  /** Goes on to the deletion without a look at the counts. */
  confirm: z.boolean().default(false),
};

/** Body of `POST /v1/withdrawals`. */
export const newWithdrawal = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('patients'),
    /** What the lines of the list are: NHS numbers, or Patient IDs of one trust where a patient has no NHS number. */
    identifiers: z.enum(['nhs-number', 'patient-id']).default('nhs-number'),
    /** Whose Patient IDs they are; of an uploader always their own trust. */
    trust: odsCode.optional(),
    /** The list, one a line, sent by the presigned PUT of the answer. */
    subjects: z.strictObject({ bytes: z.number().int().min(1).max(subjectsByteLimit), sha256: sha256Hex }),
    ...common,
  }),
  z.strictObject({
    kind: z.literal('studies'),
    collection: collectionId,
    studies: z.array(uid).min(1).max(withdrawnStudiesLimit),
    ...common,
  }),
  z.strictObject({ kind: z.literal('trust'), trust: odsCode, ...common }),
]);

/** Answer of `POST /v1/withdrawals`; `upload` where a list of patients is waited for. */
export const withdrawalCreated = z.object({
  id: withdrawalId,
  state: z.enum(withdrawalStates),
  upload: z.object({ url: z.url(), headers: z.record(z.string(), z.string()) }).optional(),
});

const count = z.number().int().min(0);

/** What a withdrawal finds; what it would delete, or has deleted. */
export const withdrawalCounts = z.object({
  patients: count,
  submissions: count,
  /** Submissions that are still being processed: the withdrawal waits for them. */
  submissionsUnderWay: count,
  studies: count,
  series: count,
  instances: count,
  imageSets: count,
  quarantined: count,
  /** Instances of other trusts that go with an image set they share with a withdrawn trust. */
  instancesOfOthers: count,
  projects: count,
});

/** How far the deletion is. */
export const withdrawalProgress = z.object({ imageSetsDeleted: count, imageSets: count });

/** A withdrawal as the API shows it. Only officers see counts: they would tell a trust what others have sent. */
export const withdrawalView = z.object({
  id: withdrawalId,
  kind: z.enum(withdrawalKinds),
  state: z.enum(withdrawalStates),
  reason,
  createdAt: z.iso.datetime(),
  /** Lines of the list that name a patient, and lines that do not. */
  received: count.optional(),
  unreadable: count.optional(),
  confirmedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** Step at which it stopped. */
  stoppedAt: z.string().optional(),
  collection: collectionId.optional(),
  trust: odsCode.optional(),
  counts: withdrawalCounts.optional(),
  progress: withdrawalProgress.optional(),
});

/** Answer of `GET /v1/withdrawals`; newest first. */
export const withdrawalsPage = z.object({
  withdrawals: z.array(withdrawalView),
  next: z.string().optional(),
});

/** Query of `GET /v1/withdrawals`. */
export const withdrawalsQuery = z.object({ next: pageToken.optional() });

/** Answer of `GET /v1/withdrawals/{id}/certificate`. */
export const certificateLink = z.object({ url: z.url(), expiresAt: z.iso.datetime() });

/** `WITHDRAWAL#<id>` / `WITHDRAWAL`. */
export const withdrawalRecord = z.object({
  id: withdrawalId,
  kind: z.enum(withdrawalKinds),
  state: z.enum(withdrawalStates),
  reason,
  createdAt: z.iso.datetime(),
  /** Subject of the token with which it was asked for, and that person's pseudonym for histories. */
  createdBy: z.string(),
  actor: z.string().nullable(),
  /** Trust of the uploader who asked for it; null where an officer did. */
  askedByTrust: odsCode.nullable(),
  confirmed: z.boolean(),
  confirmedAt: z.iso.datetime().optional(),
  identifiers: z.enum(['nhs-number', 'patient-id']).optional(),
  trust: odsCode.optional(),
  collection: collectionId.optional(),
  received: count.optional(),
  unreadable: count.optional(),
  counts: withdrawalCounts.optional(),
  progress: withdrawalProgress.optional(),
  finishedAt: z.iso.datetime().optional(),
  failedStep: z.string().optional(),
  failure: z.string().optional(),
});

export type NewWithdrawal = z.output<typeof newWithdrawal>;
export type WithdrawalState = (typeof withdrawalStates)[number];
export type WithdrawalCounts = z.infer<typeof withdrawalCounts>;
export type WithdrawalView = z.infer<typeof withdrawalView>;
export type WithdrawalRecord = z.infer<typeof withdrawalRecord>;
