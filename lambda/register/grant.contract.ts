import * as z from 'zod';
import { accessMode, collectionId } from '../platform/configuration.contract';
import { conditions } from './condition.contract';
import {
  applicationId,
  grantId,
  instant,
  londonDate,
  projectId,
  pseudonym,
  sha256,
} from './identifiers.contract';

/**
 * What a project may read, in one access mode, until a day: a collection's development split, or listed studies of it.
 * Grants stand in the record of their project, so that one read and one version cover all that a credential depends on.
 */

/** Studies that one grant may list: 2,000 UIDs are 130 KB of the 400 that an item may have. */
export const MOST_LISTED_STUDIES = 2_000;

/** Grants that one project may ever have had: with ten conditions each they are two thirds of an item of 400 KB. */
export const MOST_GRANTS = 30;

/** The list itself stands apart (`PROJECT#<id>` / `STUDIES#<grant>`), since most grants have none and it is long. */
export const grantScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('collection') }),
  z.object({
    kind: z.literal('studies'),
    count: z.number().int().min(1).max(MOST_LISTED_STUDIES),
    /** SHA-256 of the canonical JSON of the sorted list. */
    digest: sha256,
  }),
]);

/** Who ended something before its day: a person, or time. */
export const endedBy = z.union([pseudonym, z.literal('schedule')]);

/** Why access ended before its day. Codes, since free text could name people. */
export const revocationReason = z.enum([
  'asked-by-project',
  'member-left',
  'terms-broken',
  'security',
  'legal-basis-ended',
  'approved-in-error',
  'other',
]);

/** What stands of a grant, a project or a membership that was taken away. */
export const revokedShape = {
  status: z.literal('revoked'),
  revokedAt: instant,
  revokedBy: endedBy,
  reason: revocationReason,
};

/** Days before the last day of access on which people are reminded. */
export const reminderStep = z.literal([30, 7, 1]);

export const reminder = z.object({ daysBefore: reminderStep, at: instant });

const common = {
  id: grantId,
  projectId,
  /** Application whose approval gave it. */
  applicationId,
  collection: collectionId,
  /** Number of the collection in every UID; the credential's scope is cut from it. */
  arc: z.number().int().min(1).max(9999),
  /** Nobody is granted the held-out split, so the type has no word for it. */
  split: z.literal('development'),
  scope: grantScope,
  accessMode,
  /** Those of the decision. */
  conditions: conditions.default([]),
  startsOn: londonDate,
  /** Last day of access; never after the last day of the collection's legal basis. */
  endsOn: londonDate,
  /** 23:59:59 Europe/London on `endsOn`. */
  endsAt: instant,
  /** Of which steps people were reminded; absent: of none. */
  reminders: z.array(reminder).max(3).optional(),
};

export const grant = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('active') }),
  z.object({ ...common, ...revokedShape }),
  /** Its last day, or that of the legal basis, is over. */
  z.object({ ...common, status: z.literal('ended'), endedAt: instant }),
  /** An amendment or a renewal was approved, and its grant took this one's place. */
  z.object({ ...common, status: z.literal('superseded'), supersededAt: instant, supersededBy: grantId }),
]);

/** `PROJECT#<id>` / `STUDIES#<grant>`: Study Instance UIDs of a grant that lists studies, sorted. */
export const grantStudiesRecord = z.object({
  pk: z.string().startsWith('PROJECT#'),
  sk: z.string().startsWith('STUDIES#'),
  studies: z.array(z.string().max(64)).min(1).max(MOST_LISTED_STUDIES),
});

export type Grant = z.infer<typeof grant>;
export type ActiveGrant = Extract<Grant, { status: 'active' }>;
export type ReminderStep = z.infer<typeof reminderStep>;
export type GrantScope = z.infer<typeof grantScope>;
export type Ending = z.infer<z.ZodObject<typeof revokedShape>>;
export type RevocationReason = z.infer<typeof revocationReason>;
