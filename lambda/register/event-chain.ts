import { canonicalDigest } from '../platform/canonical-json';
import { type Actor, type ChainHead, event, type Fact, type RegisterEvent } from './event.contract';

/** `previousHash` of a chain's first event. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** Head of a chain that has no events. */
export const EMPTY_HEAD: ChainHead = { version: 0, hash: FIRST_PREVIOUS_HASH };

/** Hash of an event: SHA-256 of the canonical JSON of everything in it but the hash itself. */
export function hashOf(recorded: RegisterEvent): string {
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

export type ChainVerdict =
  | { intact: true; head: ChainHead }
  | {
      intact: false;
      /** Sequence at which the chain first differs from what it must be. */
      sequence: number;
      reason:
        | 'EVENT_MISSING'
        | 'EVENT_OUT_OF_PLACE'
        | 'WRONG_CHAIN'
        | 'PREVIOUS_HASH_DIFFERS'
        | 'HASH_DIFFERS'
        | 'HEAD_DIFFERS';
    };

/**
 * Recomputes a chain from its first event and names the first that differs. With the head kept apart, events missing at
 * the end show too; without it only changes up to the last event given are found.
 *
 * @param events as read, in the order of their keys; not yet trusted to be well-formed beyond their shape
 */
export function verifyChain(
  chain: string,
  events: readonly RegisterEvent[],
  expectedHead?: ChainHead,
): ChainVerdict {
  let last = EMPTY_HEAD;
  for (const recorded of events) {
    const sequence = last.version + 1;
    const differs = (
      reason: Extract<ChainVerdict, { intact: false }>['reason'],
    ): Extract<ChainVerdict, { intact: false }> => ({ intact: false, sequence, reason });
    if (recorded.sequence > sequence) return differs('EVENT_MISSING');
    if (recorded.sequence < sequence) return differs('EVENT_OUT_OF_PLACE');
    if (recorded.chain !== chain) return differs('WRONG_CHAIN');
    if (hashOf(recorded) !== recorded.hash) return differs('HASH_DIFFERS');
    if (recorded.previousHash !== last.hash) return differs('PREVIOUS_HASH_DIFFERS');
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
