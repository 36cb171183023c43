import * as z from 'zod';
import { DELIVERY_SECONDS, LONGEST_SESSION_SECONDS } from '../credentials/session-times.contract';
import { collectionId } from '../platform/configuration.contract';
import { endedBy, revocationReason } from './grant.contract';
import { grantId, instant, projectId, pseudonym, revocationId } from './identifiers.contract';

/**
 * Access that was taken away, as the denial of running sessions needs it. Written in the transaction of the change that
 * takes it away, so that none is forgotten; never changed, and without effect once no session from before can live.
 */

/** Arc of the canary's sessions: no collection has it, so no study does. */
export const CANARY_ARC = 0;

/** Clocks of the register and of STS may differ by so much. */
const CLOCK_MARGIN_SECONDS = 60;

/** From a revocation until the last session that it concerns has ended. */
export const DENIED_SECONDS = DELIVERY_SECONDS + LONGEST_SESSION_SECONDS + CLOCK_MARGIN_SECONDS;

const arc = z.number().int().min(1).max(9999);

/** Arcs of all grants that the project ever had: the roles that its sessions can have. */
const arcs = z.array(arc).min(1).max(100);

/** What ends a grant or a membership where nobody takes it away: an amendment, or its last day. */
export const endedReason = z.enum(['superseded', 'ended']);

const common = {
  id: revocationId,
  at: instant,
  by: endedBy,
  reason: z.union([revocationReason, endedReason]),
  /** No session that it concerns lives longer. */
  expiresAt: instant,
};

export const revocation = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('member'), projectId, person: pseudonym, arcs }),
  z.object({ ...common, kind: z.literal('grant'), projectId, grantId, arcs }),
  z.object({ ...common, kind: z.literal('project'), projectId, arcs }),
  z.object({ ...common, kind: z.literal('collection'), collection: collectionId, arc }),
  z.object({ ...common, kind: z.literal('everything') }),
  /** A grant that never was, of a session that reads nothing: the time until it is denied is measured. */
  z.object({ ...common, kind: z.literal('canary'), projectId, grantId }),
]);

/** `REVOCATIONS` / `<at>#<id>`. */
export const revocationRecord = revocation.and(
  z.object({ pk: z.literal('REVOCATIONS'), sk: z.string().regex(/^\S+#v-\S+$/) }),
);

export type Revocation = z.infer<typeof revocation>;
