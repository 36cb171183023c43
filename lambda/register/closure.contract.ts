import * as z from 'zod';
import { collectionId } from '../platform/configuration.contract';
import { endedBy, revocationReason } from './grant.contract';
import { instant, pseudonym, version } from './identifiers.contract';

/**
 * What is shut for everybody: collections whose legal basis ended before its day, or everything (break glass). One small
 * record, read at every issue of a credential and checked in its transaction.
 */

const closure = z.object({ since: instant, by: endedBy, reason: revocationReason });

/** What is opened again: two officers do it, one after the other. */
export const reopening = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('collection'), collection: collectionId }),
  z.strictObject({ kind: z.literal('everything') }),
]);

/** One officer has proposed to reopen; it holds for a day, and another confirms by asking for the same. */
export const proposal = z.object({ reopening, by: pseudonym, at: instant, expiresAt: instant });

export const closures = z.object({
  /** Nobody is given a credential while it stands. */
  everything: closure.nullable(),
  collections: z.array(closure.extend({ collection: collectionId })),
  proposals: z.array(proposal),
  version,
});

/** `PLATFORM` / `CLOSURES`. Absent: nothing was ever shut. */
export const closuresRecord = closures.extend({ pk: z.literal('PLATFORM'), sk: z.literal('CLOSURES') });

export type Closures = z.infer<typeof closures>;
export type Reopening = z.infer<typeof reopening>;
export type Proposal = z.infer<typeof proposal>;

/** What stands where no record does; `version` 0 is none that a record can have. */
export const NO_CLOSURES = {
  everything: null,
  collections: [],
  proposals: [],
  version: 0,
} as const satisfies Closures;
