import * as z from 'zod';
import { accessMode, collectionId, odsCode } from '../platform/configuration.contract';
import { role } from '../platform/roles.contract';
import { withdrawalId } from '../withdrawal/withdrawal.contract';
import { decisionKind } from './decision.contract';
import {
  applicationId,
  credentialId,
  grantId,
  instant,
  londonDate,
  projectId,
  pseudonym,
} from './identifiers.contract';
import { organisationName } from './person.contract';

/**
 * History of the register: facts in the past tense, never changed or removed. Events of one chain (a project from its
 * first draft on, or a person) are numbered from 1 and each holds the hash of the one before it. People appear by
 * pseudonym, so an event may be kept for ever.
 */

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 lower-case hex digits');

const applicationRound = { applicationId, round: z.number().int().min(0) };

/** What happened, without its place in the chain. */
export const fact = z.discriminatedUnion('type', [
  z.object({ type: z.literal('person-introduced'), data: z.object({ person: pseudonym }) }),
  z.object({
    type: z.literal('person-recorded'),
    data: z.object({
      person: pseudonym,
      roles: z.array(role),
      trust: odsCode.nullable(),
      organisation: organisationName.nullable(),
    }),
  }),
  z.object({
    type: z.literal('application-drafted'),
    data: z.object({ ...applicationRound, contentDigest: sha256 }),
  }),
  z.object({
    type: z.literal('application-changed'),
    data: z.object({ ...applicationRound, contentDigest: sha256 }),
  }),
  z.object({
    type: z.literal('application-submitted'),
    data: z.object({
      ...applicationRound,
      contentDigest: sha256,
      collection: collectionId,
      accessMode,
      requestedEndsOn: londonDate,
      duoMatch: z.enum(['true', 'false', 'needs-validation']),
      members: z.array(pseudonym),
    }),
  }),
  z.object({
    type: z.literal('decision-recorded'),
    data: z.object({ ...applicationRound, decision: decisionKind, commentDigest: sha256 }),
  }),
  z.object({ type: z.literal('application-returned'), data: z.object(applicationRound) }),
  z.object({
    type: z.literal('application-approved'),
    data: z.object({ ...applicationRound, reviewers: z.array(pseudonym) }),
  }),
  z.object({
    type: z.literal('application-rejected'),
    data: z.object({ ...applicationRound, reviewers: z.array(pseudonym) }),
  }),
  z.object({
    type: z.literal('grant-given'),
    data: z.object({
      projectId,
      grantId,
      collection: collectionId,
      split: z.literal('development'),
      accessMode,
      startsOn: londonDate,
      endsOn: londonDate,
      members: z.array(pseudonym),
    }),
  }),
  z.object({
    type: z.literal('credential-issued'),
    data: z.object({
      credentialId,
      grantId,
      /** Null: the whole collection's development split. */
      studies: z.array(z.string()).nullable(),
      accessMode,
      expiresAt: instant,
    }),
  }),
  z.object({
    type: z.literal('credential-refused'),
    data: z.object({ code: z.string(), grantId: grantId.nullable() }),
  }),
  /** The issue stands in the register but no session was made: nobody holds it. */
  z.object({
    type: z.literal('credential-failed'),
    data: z.object({ credentialId, grantId, code: z.string() }),
  }),
  /** Studies of a collection for which the project has a grant are gone; of why nothing is said. */
  z.object({
    type: z.literal('study-withdrawn'),
    data: z.object({ withdrawalId, collection: collectionId, studies: z.array(z.string()).min(1) }),
  }),
]);

/** Actor of an event: a person's pseudonym, or `unknown` for somebody whom the register does not know. */
export const actor = z.union([pseudonym, z.literal('unknown')]);

/** Place in a chain. `previousHash` of the first event is 64 zeros. */
export const eventPlace = z.object({
  chain: z.union([projectId, pseudonym]),
  sequence: z.number().int().min(1).max(999_999_999),
  at: instant,
  actor,
  previousHash: sha256,
  /** SHA-256 of the canonical JSON (RFC 8785) of the event without `hash`. */
  hash: sha256,
});

export const event = fact.and(eventPlace);

/** `PROJECT#<id>` or `PERSON#<subject>` / `EVENT#<nine digits>`. */
export const eventRecord = event.and(
  z.object({
    pk: z.string().regex(/^(PROJECT|PERSON)#/),
    sk: z.string().regex(/^EVENT#\d{9}$/),
  }),
);

/** Head of a chain; a missing last event shows against it. `version` is the sequence of the last event. */
export const chainHead = z.object({ version: z.number().int().min(0), hash: sha256 });

/** `PROJECT#<id>` or `PERSON#<subject>` / `HISTORY`. */
export const chainHeadRecord = chainHead.extend({
  pk: z.string().regex(/^(PROJECT|PERSON)#/),
  sk: z.literal('HISTORY'),
});

/** `OUTBOX` / `<time>#<chain>#<sequence>`: waits to be copied to the audit bucket. */
export const outboxRecord = z.object({ pk: z.literal('OUTBOX'), sk: z.string(), event });

export type Fact = z.infer<typeof fact>;
export type RegisterEvent = z.infer<typeof event>;
export type ChainHead = z.infer<typeof chainHead>;
export type Actor = z.infer<typeof actor>;
