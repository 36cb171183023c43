import * as z from 'zod';
import { collectionId } from '../../platform/configuration.contract';
import { revocationReason } from '../grant.contract';
import { grantId, pseudonym, revocationId } from '../identifiers.contract';

/** What happened to everybody's access at once. */
export const platformFacts = [
  z.object({
    type: z.literal('collection-closed'),
    data: z.object({ revocationId, collection: collectionId, reason: revocationReason }),
  }),
  z.object({
    type: z.literal('platform-closed'),
    data: z.object({ revocationId, reason: revocationReason }),
  }),
  /** By the first of two officers. */
  z.object({
    type: z.literal('reopening-proposed'),
    data: z.object({ collection: collectionId.nullable() }),
  }),
  /** By the second; `proposedBy` is the first. */
  z.object({
    type: z.literal('collection-reopened'),
    data: z.object({ collection: collectionId, proposedBy: pseudonym }),
  }),
  z.object({ type: z.literal('platform-reopened'), data: z.object({ proposedBy: pseudonym }) }),
  /** A session that reads nothing was revoked, to measure how long that takes. */
  z.object({ type: z.literal('canary-revoked'), data: z.object({ revocationId, grantId }) }),
] as const;
