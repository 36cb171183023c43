import * as z from 'zod';
import { collectionId } from '../../platform/configuration.contract';
import { releaseVersion } from '../../releases/release.contract';
import { sha256 } from '../identifiers.contract';

/** What happened to a release. What was found and said is in its record; here stands the digest by which that is known. */
export const releaseFacts = [
  z.object({
    type: z.literal('release-begun'),
    data: z.object({ release: releaseVersion, collections: z.array(collectionId).min(1) }),
  }),
  /** An officer said why a release goes on although it represents some groups badly. */
  z.object({
    type: z.literal('release-reason-given'),
    data: z.object({
      release: releaseVersion,
      /** Of the list of findings, and of what was said of it. */
      findings: sha256,
      reason: sha256,
    }),
  }),
  z.object({ type: z.literal('release-abandoned'), data: z.object({ release: releaseVersion }) }),
  z.object({
    type: z.literal('release-published'),
    data: z.object({
      release: releaseVersion,
      /** Of the list of checksums, which holds those of all its files. */
      checksums: sha256,
      /** Commitment to the studies held out; null where none is. */
      heldOut: sha256.nullable(),
    }),
  }),
] as const;
