import * as z from 'zod';
import { collectionId, odsCode } from '../platform/configuration.contract';
import { withdrawalCounts, withdrawalId, withdrawalKinds, withdrawalReasons } from './withdrawal.contract';

/** The certificate of a withdrawal: what was deleted, when, and what of it could not be. */

const split = z.enum(['development', 'held-out']);

/** Copies that the platform cannot delete by itself; each says until when. */
export const remainders = [
  /** Point-in-time recovery of the tables restores any second of the last 35 days. */
  'TABLE_RECOVERY_35_DAYS',
  /** Histories of projects name the studies for which credentials were issued, and those withdrawn. */
  'REGISTER_HISTORY',
  /** Frozen lists (of releases, cohorts, evaluation sets, commitments) and tombstones name studies by their UIDs, for ever. */
  'LISTS_OF_STUDIES',
  /** Files of answers to questions name pseudonyms and studies; S3 ends them by whole days, and their versions a day later. */
  'LAKE_ANSWERS_4_DAYS',
  /** S3's access logs name keys of objects: ids of submissions and ordinals. */
  'ACCESS_LOGS',
  /** Files that could not be read so far that their patient was known lie in landing until its retention ends. */
  'LANDING_UNREADABLE',
] as const;

/** Payload of the certificate. Study UIDs are mapped ones; patients are counted only. */
export const certificatePayload = z.object({
  version: z.literal(1),
  withdrawal: withdrawalId,
  kind: z.enum(withdrawalKinds),
  reason: z.enum(withdrawalReasons),
  collection: collectionId.optional(),
  trust: odsCode.optional(),
  requestedAt: z.iso.datetime(),
  confirmedAt: z.iso.datetime(),
  issuedAt: z.iso.datetime(),
  counts: withdrawalCounts,
  /** Object versions and delete markers deleted, by bucket. */
  objects: z.object({
    deidentified: z.number().int().min(0),
    quarantine: z.number().int().min(0),
    landing: z.number().int().min(0),
  }),
  studies: z.array(
    z.object({
      collection: collectionId,
      split,
      studyInstanceUid: z.string(),
      /** False where instances of others are left of it. */
      whole: z.boolean(),
    }),
  ),
  /** Deleted with all versions; HealthImaging was asked afterwards and has none of them. */
  imageSets: z.array(z.object({ datastoreId: z.string(), imageSetId: z.string() })),
  /** Projects whose grants covered some of it and whose history says so. */
  projectsTold: z.array(z.string()),
  /** Credentials for listed studies of these that had not ended when the certificate was issued. */
  runningCredentials: z.array(
    z.object({ projectId: z.string(), credentialId: z.string(), expiresAt: z.iso.datetime() }),
  ),
  notDeleted: z.array(z.enum(remainders)),
});

/** The certificate: JWS in flattened JSON serialisation (RFC 7515 §7.2.2), ES256, by the key that signs receipts. */
export const signedCertificate = z.object({
  payload: z.string(),
  protected: z.string(),
  signature: z.string(),
});

/** Protected header of the certificate. */
export const certificateHeader = z.object({
  alg: z.literal('ES256'),
  kid: z.string(),
  typ: z.literal('nmip-withdrawal+jws'),
});

export type CertificatePayload = z.infer<typeof certificatePayload>;
