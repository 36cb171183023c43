import * as z from 'zod';
import { collectionId } from '../platform/configuration.contract';
import { closures } from './closure.contract';
import { revocationReason } from './grant.contract';
import { grantId, instant, revocationId, subject } from './identifiers.contract';

/** What people ask and are told when they take access away or give it back to everybody. */

const asked = {
  reason: revocationReason,
  /** Grant of a canary, which is revoked with it: reads with its session show when it is in force. */
  canary: grantId.optional(),
};

/** Body of `POST /v1/projects/{id}/revocations`. */
export const projectRevocation = z.discriminatedUnion('kind', [
  z.strictObject({ ...asked, kind: z.literal('member'), person: subject }),
  z.strictObject({ ...asked, kind: z.literal('grant'), grantId }),
  z.strictObject({ ...asked, kind: z.literal('project') }),
]);

/** Body of `POST /v1/closures`. */
export const platformRevocation = z.discriminatedUnion('kind', [
  z.strictObject({ ...asked, kind: z.literal('collection'), collection: collectionId }),
  z.strictObject({ ...asked, kind: z.literal('everything') }),
  /** Revokes the canary alone: measures, and changes nobody's access. */
  z.strictObject({ ...asked, kind: z.literal('canary'), canary: grantId }),
]);

/** Answer to either. */
export const revocationAnswer = z.object({
  id: revocationId,
  kind: z.enum(['member', 'grant', 'project', 'collection', 'everything', 'canary']),
  at: instant,
  /** Whether running sessions are denied already; where not, they are within a minute. */
  sessionsDenied: z.boolean(),
});

/** Answer of `POST /v1/reopenings`. */
export const reopeningAnswer = z.object({
  /** `proposed`: another officer has to ask for the same until `expiresAt`. */
  state: z.enum(['proposed', 'reopened']),
  expiresAt: instant.optional(),
});

/** Answer of `GET /v1/closures`. */
export const closuresView = closures.extend({
  /** 0 where nothing was ever shut. */
  version: z.number().int().min(0),
});

export type ProjectRevocation = z.infer<typeof projectRevocation>;
export type PlatformRevocation = z.infer<typeof platformRevocation>;
export type RevocationAnswer = z.infer<typeof revocationAnswer>;
export type ReopeningAnswer = z.infer<typeof reopeningAnswer>;
