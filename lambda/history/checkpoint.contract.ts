import * as z from 'zod';
import { canonicalDigest, canonicalJson } from '../platform/canonical-json';
import { type ChainHead, chainHead } from '../register/event.contract';
import { FIRST_PREVIOUS_HASH, type RecordedEvent, recordedEvent } from '../register/event-chain.contract';
import { instant, sha256 } from '../register/identifiers.contract';

/**
 * Checkpoints: what the audit bucket holds of the register's history. Each has some events in full and the hash of the
 * checkpoint before it, so that the last one stands for all of them.
 */

/** Twelve digits: one a minute fills seven of them in nineteen years. */
const NUMBER_DIGITS = 12;

export const checkpointPrefix = 'checkpoints/';

/** `checkpoints/000000000001.json` */
export function checkpointKey(number: number): string {
  return `${checkpointPrefix}${String(number).padStart(NUMBER_DIGITS, '0')}.json`;
}

/** Number in the name of a checkpoint's object or file; null for other names. */
export function checkpointNumber(name: string): number | null {
  const match = /^(?:checkpoints\/)?(\d{12})\.json$/.exec(name);
  return match === null ? null : Number(match[1]);
}

export const checkpoint = z.strictObject({
  /** Counts from 1. */
  number: z.number().int().min(1),
  at: instant,
  /** Hash of the checkpoint before; 64 zeros in the first. */
  previousHash: sha256,
  events: z.array(recordedEvent).min(1),
  /** Of each chain in it: its last event here. */
  heads: z.record(z.string(), chainHead),
  /** SHA-256 of the canonical JSON (RFC 8785) of the checkpoint without `hash`. */
  hash: sha256,
});

export type Checkpoint = z.infer<typeof checkpoint>;

/** Head over all checkpoints; `version` is the number of the last one. */
export type AuditHead = ChainHead;

export const EMPTY_AUDIT_HEAD: AuditHead = { version: 0, hash: FIRST_PREVIOUS_HASH };

/** Last event of each chain among some. */
export function headsOf(events: readonly RecordedEvent[]): Record<string, ChainHead> {
  const heads = new Map<string, ChainHead>();
  for (const { chain, sequence, hash } of events)
    if (sequence > (heads.get(chain)?.version ?? 0)) heads.set(chain, { version: sequence, hash });
  return Object.fromEntries(heads);
}

/** Hash of a checkpoint, of everything in it but the hash itself. */
export function hashOfCheckpoint(made: Checkpoint): string {
  const { hash: _hash, ...rest } = made;
  return canonicalDigest(rest);
}

/** The checkpoint that follows `head`. */
export function makeCheckpoint(head: AuditHead, events: readonly RecordedEvent[], at: Date): Checkpoint {
  const unhashed = {
    number: head.version + 1,
    at: at.toISOString(),
    previousHash: head.hash,
    events: [...events],
    heads: headsOf(events),
  };
  return { ...unhashed, hash: canonicalDigest(unhashed) };
}

/** The text of a checkpoint's object: canonical JSON. */
export function checkpointText(made: Checkpoint): string {
  return canonicalJson(made);
}

/** A checkpoint from the text of its object; null where it is none. */
export function readCheckpoint(text: string): Checkpoint | null {
  try {
    return checkpoint.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export type CheckpointFault =
  | 'CHECKPOINT_OUT_OF_PLACE'
  | 'CHECKPOINT_HASH_DIFFERS'
  | 'PREVIOUS_CHECKPOINT_DIFFERS'
  | 'CHECKPOINT_HEADS_DIFFER';

/** What is wrong with the checkpoint that should follow `head`, its events apart; null where nothing is. */
export function faultOfCheckpoint(head: AuditHead, found: Checkpoint): CheckpointFault | null {
  if (found.number !== head.version + 1) return 'CHECKPOINT_OUT_OF_PLACE';
  if (hashOfCheckpoint(found) !== found.hash) return 'CHECKPOINT_HASH_DIFFERS';
  if (found.previousHash !== head.hash) return 'PREVIOUS_CHECKPOINT_DIFFERS';
  return canonicalJson(found.heads) === canonicalJson(headsOf(found.events))
    ? null
    : 'CHECKPOINT_HEADS_DIFFER';
}
