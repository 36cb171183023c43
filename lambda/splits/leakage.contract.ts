import * as z from 'zod';
import { uid } from '../credentials/credentials.contract';
import { collectionId } from '../platform/configuration.contract';
import { instant, pseudonym, sha256 } from '../register/identifiers.contract';

/** What stands on both sides of the split, and what officers have said of it. For officers only. */

export const leakageKinds = [
  /** Images of two patients with the same pixels. */
  'same-pixels',
  /** Images of two patients whose perceptual hashes are near. */
  'near-duplicate',
  /** Two pseudonyms with one Patient ID of one trust. */
  'same-person',
  /** One pseudonym in both splits. */
  'patient-in-both',
] as const;

export type LeakageKind = (typeof leakageKinds)[number];

/** Why a finding is none, in the words of whoever looked at both sides. */
export const acknowledgementReasons = {
  /** A phantom, a calibration or a test image: of nobody. */
  'nobody-in-the-image': ['same-pixels', 'near-duplicate'],
  /** An empty image, a scout without detail, a page of text. */
  'nothing-to-tell-apart': ['same-pixels', 'near-duplicate'],
  /** Different people whose images look alike. */
  'different-people': ['near-duplicate', 'same-person'],
} as const satisfies Readonly<Record<string, readonly LeakageKind[]>>;

export const acknowledgementReason = z.enum(
  Object.keys(acknowledgementReasons) as [keyof typeof acknowledgementReasons],
);

export type AcknowledgementReason = z.infer<typeof acknowledgementReason>;

const side = z.object({ collection: collectionId, study: uid, series: uid, instance: uid });

/** A series in each split. */
export const leakageFinding = z.object({
  /** SHA-256 over everything below: a finding that has grown is another one. */
  id: sha256,
  kind: z.enum(leakageKinds),
  development: side,
  heldOut: side,
  /** Pairs of images; of a person, images on both sides. */
  images: z.number().int().min(1),
  /** Bits of 256 in which the nearest pair differs; of images that look alike only. */
  distance: z.number().int().min(0).max(256).optional(),
});

export type LeakageFinding = z.infer<typeof leakageFinding>;

/** What the guard looked at, and what of it it could not judge. */
export const leakageAccount = z.object({
  /** Images whose perceptual hashes were compared. */
  compared: z.number().int(),
  withoutInformation: z.number().int(),
  withoutHash: z.number().int(),
  /** Hamming distance up to which images count as near. */
  distance: z.number().int(),
  /** Pixels that several patients of one split share; they leak nothing over the split. */
  duplicates: z.object({ development: z.number().int(), heldOut: z.number().int() }),
});

/** `splits/leakage/<release>.json` in the catalogue bucket: what the last check for a release found. */
export const leakageReport = z.object({
  release: z.string(),
  checkedAt: instant,
  outcome: z.enum(['clear', 'stopped']),
  account: leakageAccount,
  /** Not acknowledged. */
  findings: z.array(leakageFinding),
  /** There are more than are listed. */
  more: z.boolean(),
  acknowledged: z.number().int(),
});

export type LeakageReport = z.infer<typeof leakageReport>;

export const acknowledgement = z.object({
  finding: sha256,
  kind: z.enum(leakageKinds),
  reason: acknowledgementReason,
  by: pseudonym,
  at: instant,
});

/** `LEAKAGE` / `ACKNOWLEDGED#<finding>`. */
export const acknowledgementRecord = acknowledgement.extend({
  pk: z.literal('LEAKAGE'),
  sk: z.string().regex(/^ACKNOWLEDGED#[0-9a-f]{64}$/),
});

export const acknowledgementInput = z.strictObject({
  release: z.string().max(20),
  finding: sha256,
  reason: acknowledgementReason,
});
