import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { collectionId } from '../platform/configuration.contract';
import { instant, sha256 } from '../register/identifiers.contract';
import { checksumsFile, listedFiles, signatureFile } from './checksums.contract';
import { releaseVersion } from './release.contract';
import {
  reasonText,
  releaseReason,
  releaseStates,
  releaseStop,
  releaseTitle,
} from './release-record.contract';

/** What the routes of releases take and give. */

/** Body of `POST /v1/releases`. */
export const newRelease = z.strictObject({
  version: releaseVersion,
  title: releaseTitle,
  collections: z
    .array(collectionId)
    .min(1)
    .max(100)
    .refine((ids) => new Set(ids).size === ids.length, 'each collection once'),
});

/** Body of `POST /v1/releases/{version}/reasons`. */
export const newReason = z.strictObject({
  /** Digest of the findings that the reason is about, as the release shows it. */
  findings: sha256,
  text: reasonText,
});

/** Files that everybody may have. The manifest, which lists studies, is for people who are signed in. */
export const publicFiles = [
  ...listedFiles.filter((name) => name !== 'manifest.csv'),
  checksumsFile,
  signatureFile,
] as const;

/** A published release as everybody sees it. */
export const publishedRelease = z.object({
  version: releaseVersion,
  title: releaseTitle,
  collections: z.array(collectionId),
  publishedAt: instant,
  people: shownCount,
  studies: shownCount,
  /** SHA-256 of `checksums.txt`. */
  checksums: sha256,
  /** Commitment to the studies held out. */
  heldOut: sha256.nullable(),
  /** Studies of it that were withdrawn since, and when that was counted; null before the first count. */
  withdrawn: z.object({ studies: shownCount, countedAt: instant }).nullable(),
});

export const publishedReleases = z.object({ releases: z.array(publishedRelease) });

export const publishedReleaseWithFiles = publishedRelease.extend({ files: z.array(z.string()) });

/** The making of a release as officers and auditors see it. */
export const releaseProgress = z.object({
  version: releaseVersion,
  title: releaseTitle,
  collections: z.array(collectionId),
  state: z.enum(releaseStates),
  attempt: z.number().int(),
  begunAt: instant,
  stop: releaseStop.nullable(),
  reasons: z.array(releaseReason),
  publishedAt: instant.nullable(),
});

export const releasesProgress = z.object({ releases: z.array(releaseProgress) });

export const fileLink = z.object({ url: z.url(), expiresAt: z.iso.datetime() });

export type NewRelease = z.output<typeof newRelease>;
export type NewReason = z.output<typeof newReason>;
export type PublishedRelease = z.infer<typeof publishedRelease>;
export type PublishedReleaseWithFiles = z.infer<typeof publishedReleaseWithFiles>;
export type ReleaseProgress = z.infer<typeof releaseProgress>;
