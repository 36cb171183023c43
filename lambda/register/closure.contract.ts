import * as z from 'zod';
import { collectionId } from '../platform/configuration.contract';
import { endedBy, revocationReason } from './grant.contract';
import { instant, version } from './identifiers.contract';

/**
 * What is shut for everybody: collections whose legal basis ended before its day, or everything (break glass). One small
 * record, read at every issue of a credential and checked in its transaction.
 */

const closure = z.object({ since: instant, by: endedBy, reason: revocationReason });

export const closures = z.object({
  /** Nobody is given a credential while it stands. */
  everything: closure.nullable(),
  collections: z.array(closure.extend({ collection: collectionId })),
  version,
});

/** `PLATFORM` / `CLOSURES`. Absent: nothing was ever shut. */
export const closuresRecord = closures.extend({ pk: z.literal('PLATFORM'), sk: z.literal('CLOSURES') });

export type Closures = z.infer<typeof closures>;

/** What stands where no record does; `version` 0 is none that a record can have. */
export const NO_CLOSURES = { everything: null, collections: [], version: 0 } as const satisfies Closures;
