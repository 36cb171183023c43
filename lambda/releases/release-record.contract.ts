import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { collectionId } from '../platform/configuration.contract';
import { textLine } from '../platform/text-line.contract';
import { instant, pseudonym, sha256, version } from '../register/identifiers.contract';
import { releaseVersion } from './release.contract';

/** The making of a release, as the register holds it. */

export const releaseStates = [
  /** Asked for; its making has not begun. */
  'draft',
  'building',
  /** Waits for an officer: a reason, a withdrawal, or another start after a failure. */
  'stopped',
  /** For ever. */
  'published',
  /** Will never be published. Its version is not used again. */
  'abandoned',
] as const;

/** What holds a release back until officers have looked at it. */
export const gates = [
  /** Something stands on both sides of the split. */
  'leakage',
  /** Some group is not shown to be represented as the configuration asks. */
  'representativeness',
] as const;

/** Why the making of a release has stopped. */
export const releaseStop = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('gate'),
    about: z.enum(gates),
    /** How many findings there are; 0 where there are more than could be listed. */
    findings: z.number().int().min(0),
    /** Of their list: a reason is about this list and no other. */
    digest: sha256,
  }),
  z.object({ kind: z.literal('failure'), step: z.string(), error: z.string() }),
]);

/** What an officer wrote. It is not published. */
export const reasonText = z
  .string()
  .trim()
  .min(20, 'at least 20 characters')
  .max(2000, 'at most 2,000 characters');

/** Why a release goes on although it represents some groups badly. */
export const releaseReason = z.object({
  digest: sha256,
  text: z.string(),
  by: pseudonym,
  at: instant,
});

export const releaseTitle = textLine(3, 150);

export const releasePublication = z.object({
  at: instant,
  /** SHA-256 of the list of checksums. */
  checksums: sha256,
  heldOut: sha256.nullable(),
  studies: shownCount,
  people: shownCount,
});

/** `RELEASES` / `RELEASE#<year>.<number, three digits>`. */
export const releaseRecord = z.object({
  release: releaseVersion,
  title: releaseTitle,
  collections: z.array(collectionId).min(1),
  state: z.enum(releaseStates),
  /** Executions so far; the last is named `<release>-<attempt>`. */
  attempt: z.number().int().min(1),
  begunAt: instant,
  begunBy: pseudonym,
  stop: releaseStop.nullable(),
  reasons: z.array(releaseReason),
  publication: releasePublication.nullable(),
  version,
});

/** `RELEASES` / `UNDER-WAY`: the one release that is being made. */
export const underWay = z.object({ release: releaseVersion.nullable(), version });

export type ReleaseState = (typeof releaseStates)[number];
export type Gate = (typeof gates)[number];
export type ReleaseStop = z.infer<typeof releaseStop>;
export type ReleaseReason = z.infer<typeof releaseReason>;
export type ReleaseRecord = z.infer<typeof releaseRecord>;
