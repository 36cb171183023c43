import * as z from 'zod';
import { canonicalDigest } from '../platform/canonical-json';
import { type Actor, type ChainHead, event, type Fact, type RegisterEvent } from './event.contract';
import { sha256 } from './identifiers.contract';

/**
 * Chains of events and their verification. Pure, so that an auditor's machine recomputes them by the same code. It asks
 * nothing of what an event tells: a kind of event that is newer than the verifier verifies like any other.
 */

/** `previousHash` of a chain's first event. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** Head of a chain that has no events. */
export const EMPTY_HEAD: ChainHead = { version: 0, hash: FIRST_PREVIOUS_HASH };

/** An event as it was recorded, with everything that stands in it, so that its hash covers what really stands there. */
export const recordedEvent = z.looseObject({
  type: z.string(),
  chain: z.string(),
  sequence: z.number().int().min(1),
  at: z.string(),
  actor: z.string(),
  previousHash: sha256,
  hash: sha256,
});

export type RecordedEvent = z.infer<typeof recordedEvent>;

/** Hash of an event: SHA-256 of the canonical JSON of everything in it but the hash itself. */
export function hashOf(recorded: RecordedEvent | RegisterEvent): string {
  const { hash: _hash, ...rest } = recorded;
  return canonicalDigest(rest);
}

/** Puts facts, in their order, at the end of a chain. */
export function appendFacts(
  head: ChainHead,
  facts: readonly Fact[],
  by: { chain: string; actor: Actor; at: Date },
): { events: RegisterEvent[]; head: ChainHead } {
  const events: RegisterEvent[] = [];
  let last = head;
  for (const fact of facts) {
    const unhashed = {
      ...fact,
      chain: by.chain,
      sequence: last.version + 1,
      at: by.at.toISOString(),
      actor: by.actor,
      previousHash: last.hash,
    };
    const recorded = event.parse({ ...unhashed, hash: canonicalDigest(unhashed) });
    events.push(recorded);
    last = { version: recorded.sequence, hash: recorded.hash };
  }
  return { events, head: last };
}

export type ChainFault =
  | 'EVENT_MISSING'
  | 'EVENT_OUT_OF_PLACE'
  | 'WRONG_CHAIN'
  | 'PREVIOUS_HASH_DIFFERS'
  | 'HASH_DIFFERS'
  | 'HEAD_DIFFERS';

export type ChainVerdict =
  | { intact: true; head: ChainHead }
  | {
      intact: false;
      /** Sequence at which the chain first differs from what it must be. */
      sequence: number;
      reason: ChainFault;
    };

/** What is wrong with the event that should be the next one of a chain; null where nothing is. */
export function faultOfNext(
  chain: string,
  last: ChainHead,
  recorded: RecordedEvent | RegisterEvent,
): ChainFault | null {
  if (recorded.sequence > last.version + 1) return 'EVENT_MISSING';
  if (recorded.sequence < last.version + 1) return 'EVENT_OUT_OF_PLACE';
  if (recorded.chain !== chain) return 'WRONG_CHAIN';
  if (hashOf(recorded) !== recorded.hash) return 'HASH_DIFFERS';
  return recorded.previousHash === last.hash ? null : 'PREVIOUS_HASH_DIFFERS';
}

/**
 * Recomputes a chain from its first event and names the first that differs. With the head kept apart, events missing at
 * the end show too; without it only changes up to the last event given are found.
 *
 * @param events as read, in the order of their keys; not yet trusted to be well-formed beyond their shape
 */
export function verifyChain(
  chain: string,
  events: readonly (RecordedEvent | RegisterEvent)[],
  expectedHead?: ChainHead,
): ChainVerdict {
  let last = EMPTY_HEAD;
  for (const recorded of events) {
    const reason = faultOfNext(chain, last, recorded);
    if (reason !== null) return { intact: false, sequence: last.version + 1, reason };
    last = { version: recorded.sequence, hash: recorded.hash };
  }
  if (expectedHead && expectedHead.version > last.version) {
    return { intact: false, sequence: last.version + 1, reason: 'EVENT_MISSING' };
  }
  if (expectedHead && (expectedHead.version !== last.version || expectedHead.hash !== last.hash)) {
    return { intact: false, sequence: last.version, reason: 'HEAD_DIFFERS' };
  }
  return { intact: true, head: last };
}
