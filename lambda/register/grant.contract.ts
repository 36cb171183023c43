import * as z from 'zod';
import { accessMode, collectionId } from '../platform/configuration.contract';
import { grantId, instant, londonDate, projectId, pseudonym, version } from './identifiers.contract';

/** What a project may read: a collection's development split, in one access mode, until a day. */

const common = {
  id: grantId,
  projectId,
  collection: collectionId,
  /** Number of the collection in every UID; the credential's scope is cut from it. */
  arc: z.number().int().min(1).max(9999),
  /** Nobody is granted the held-out split, so the type has no word for it. */
  split: z.literal('development'),
  accessMode,
  startsOn: londonDate,
  /** Last day of access; never after the last day of the collection's legal basis. */
  endsOn: londonDate,
  /** 23:59:59 Europe/London on `endsOn`. */
  endsAt: instant,
  version,
};

export const grant = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('active') }),
  z.object({
    ...common,
    status: z.literal('revoked'),
    revokedAt: instant,
    revokedBy: pseudonym,
    reason: z.string(),
  }),
  z.object({ ...common, status: z.literal('ended'), endedAt: instant }),
]);

/** `PROJECT#<id>` / `GRANT#<grant>`. */
export const grantRecord = grant.and(
  z.object({ pk: z.string().startsWith('PROJECT#'), sk: z.string().startsWith('GRANT#') }),
);

export type Grant = z.infer<typeof grant>;
export type ActiveGrant = Extract<Grant, { status: 'active' }>;
