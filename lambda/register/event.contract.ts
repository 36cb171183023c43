import * as z from 'zod';
import { applicationFacts } from './facts/application-facts.contract';
import { assessmentFacts } from './facts/assessment-facts.contract';
import { attachmentFacts } from './facts/attachment-facts.contract';
import { cohortFacts } from './facts/cohort-facts.contract';
import { credentialFacts } from './facts/credential-facts.contract';
import { grantFacts } from './facts/grant-facts.contract';
import { personFacts } from './facts/person-facts.contract';
import { platformFacts } from './facts/platform-facts.contract';
import { releaseFacts } from './facts/release-facts.contract';
import { splitsFacts } from './facts/splits-facts.contract';
import { instant, projectId, pseudonym, sha256 } from './identifiers.contract';

/**
 * History of the register: facts in the past tense, never changed or removed. Events of one chain (a project from its
 * first draft on, a person, or the platform as a whole) are numbered from 1 and each holds the hash of the one before it.
 * People appear by pseudonym, so an event may be kept for ever.
 */

/** What happened, without its place in the chain. */
export const fact = z.discriminatedUnion('type', [
  ...personFacts,
  ...applicationFacts,
  ...assessmentFacts,
  ...attachmentFacts,
  ...grantFacts,
  ...credentialFacts,
  ...cohortFacts,
  ...platformFacts,
  ...splitsFacts,
  ...releaseFacts,
]);

/**
 * Actor of an event: a person's pseudonym, `unknown` for somebody whom the register does not know, or `schedule` for what
 * time brought about.
 */
export const actor = z.union([pseudonym, z.literal('unknown'), z.literal('schedule')]);

/** Chain of what concerns the platform as a whole: closures of collections and of everything, releases. */
export const PLATFORM_CHAIN = 'platform';

/** Chain of the measurements of revocations, apart so that who measures cannot write what shuts the platform. */
export const CANARY_CHAIN = 'canary';

const chainPartition = z.string().regex(/^((PROJECT|PERSON)#|(PLATFORM|CANARY)$)/);

/** Place in a chain. `previousHash` of the first event is 64 zeros. */
export const eventPlace = z.object({
  chain: z.union([projectId, pseudonym, z.enum([PLATFORM_CHAIN, CANARY_CHAIN])]),
  sequence: z.number().int().min(1).max(999_999_999),
  at: instant,
  actor,
  previousHash: sha256,
  /** SHA-256 of the canonical JSON (RFC 8785) of the event without `hash`. */
  hash: sha256,
});

export const event = fact.and(eventPlace);

/** `PROJECT#<id>`, `PERSON#<subject>`, `PLATFORM` or `CANARY` / `EVENT#<nine digits>`. */
export const eventRecord = event.and(
  z.object({
    pk: chainPartition,
    sk: z.string().regex(/^EVENT#\d{9}$/),
  }),
);

/** Head of a chain; a missing last event shows against it. `version` is the sequence of the last event. */
export const chainHead = z.object({ version: z.number().int().min(0), hash: sha256 });

/** Head of a chain as stored. */
export const storedChainHead = chainHead.extend({
  /** Time of the last event; no later event has an earlier one. */
  at: instant.optional(),
  /** Number in the line of those who wait to change the chain that was served last. */
  served: z.number().int().min(0).default(0),
});

/** `PROJECT#<id>`, `PERSON#<subject>`, `PLATFORM` or `CANARY` / `HISTORY`. */
export const chainHeadRecord = storedChainHead.extend({
  pk: chainPartition,
  sk: z.literal('HISTORY'),
});

/** `PROJECT#<id>`, `PERSON#<subject>`, `PLATFORM` or `CANARY` / `LINE`: those who wait to change the chain. */
export const chainLineRecord = z.object({
  pk: chainPartition,
  sk: z.literal('LINE'),
  /** Last number given. */
  given: z.number().int().min(1),
  /** Last number whose holder had nothing to change when its turn came. */
  passed: z.number().int().min(1).optional(),
});

/** `CHAINS` / `<chain>`. */
export const chainPointer = z.object({ partition: chainPartition });

/** `OUTBOX` / `<time>#<chain>#<sequence>`: waits to be copied to the audit bucket. */
export const outboxRecord = z.object({ pk: z.literal('OUTBOX'), sk: z.string(), event });

export type Fact = z.infer<typeof fact>;
export type RegisterEvent = z.infer<typeof event>;
export type StoredChainHead = z.infer<typeof storedChainHead>;
export type ChainHead = z.infer<typeof chainHead>;
export type Actor = z.infer<typeof actor>;
