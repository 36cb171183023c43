import { canonicalDigest } from '../platform/canonical-json';
import type { ChainHead } from '../register/event.contract';
import {
  type ChainFault,
  EMPTY_HEAD,
  faultOfNext,
  hashOf,
  type RecordedEvent,
} from '../register/event-chain.contract';
import {
  type AuditHead,
  type Checkpoint,
  type CheckpointFault,
  EMPTY_AUDIT_HEAD,
  faultOfCheckpoint,
  readCheckpoint,
} from './checkpoint.contract';

/**
 * Verification of the register's history: both sides, the register and the checkpoints of the audit bucket, are
 * recomputed from their beginning and compared event by event. Nothing that either side says of itself is taken.
 */

export type Side = 'register' | 'checkpoints';

export type Reason =
  | ChainFault
  | CheckpointFault
  | 'CHECKPOINT_MISSING'
  | 'CHECKPOINT_UNREADABLE'
  /** The same place of a chain stands in two checkpoints, or twice in one. */
  | 'EVENT_REPEATED'
  /** Both sides have the event, each whole in itself, and they are not the same. */
  | 'SIDES_DIFFER'
  /** The event stands in no checkpoint and does not wait in the outbox. */
  | 'NOT_EXPORTED'
  /** The head over all is not that of the checkpoint of its number. */
  | 'AUDIT_HEAD_DIFFERS'
  /** The head that this machine verified before is not in the history any more. */
  | 'REMEMBERED_HEAD_DIFFERS';

/** Something that differs, by its place. */
export interface Finding {
  readonly side: Side;
  readonly reason: Reason;
  /** Chain and place in it; null where it is a checkpoint as a whole that differs. */
  readonly chain: string | null;
  readonly sequence: number | null;
  readonly checkpoint: number | null;
}

/** An event as a checkpoint holds it, as far as it is compared. */
interface ExportedEvent {
  /** Of everything that stands in it. */
  readonly digest: string;
  /** Whether its own hash is that of its content. */
  readonly whole: boolean;
  readonly previousHash: string;
  readonly hash: string;
  readonly checkpoint: number;
}

const digestOf = (event: RecordedEvent): string => canonicalDigest(event);

/** The history as the checkpoints tell it, taken in one checkpoint after the other. */
export class ExportedHistory {
  /** What differs within the checkpoints. */
  readonly findings: Finding[] = [];
  /** Hash of each checkpoint by its number; empty text where it could not be read. */
  private readonly hashes: string[] = [];
  private readonly unsound = new Set<number>();
  private readonly chains = new Map<string, Map<number, ExportedEvent>>();
  /** Head that the next checkpoint must follow; null after one that could not be read. */
  private last: AuditHead | null = EMPTY_AUDIT_HEAD;

  /** Number of checkpoints taken in. */
  get length(): number {
    return this.hashes.length;
  }

  get events(): number {
    let count = 0;
    for (const chain of this.chains.values()) count += chain.size;
    return count;
  }

  /** Names of the chains of which a checkpoint holds something. */
  get chainNames(): readonly string[] {
    return [...this.chains.keys()].sort();
  }

  /** Hash of the checkpoint of a number; undefined where none was taken in. 64 zeros for number 0. */
  hashAt(number: number): string | undefined {
    return number === 0 ? EMPTY_AUDIT_HEAD.hash : this.hashes[number - 1];
  }

  /** Takes in the next checkpoint: the text of its object, or null where there is none. */
  take(text: string | null): void {
    const number = this.hashes.length + 1;
    const found = text === null ? null : readCheckpoint(text);
    if (found === null) {
      this.find(number, text === null ? 'CHECKPOINT_MISSING' : 'CHECKPOINT_UNREADABLE');
      this.hashes.push('');
      this.last = null;
      return;
    }
    const expected = this.last ?? { version: number - 1, hash: found.previousHash };
    const fault = faultOfCheckpoint(expected, found);
    if (fault !== null) this.find(number, fault);
    this.takeEvents(number, found);
    this.hashes.push(found.hash);
    this.last = { version: number, hash: found.hash };
  }

  /** The event of a place as a checkpoint holds it. */
  eventAt(chain: string, sequence: number): ExportedEvent | undefined {
    return this.chains.get(chain)?.get(sequence);
  }

  /** Sequence of the last event of a chain that a checkpoint holds; 0 where none does. */
  lengthOf(chain: string): number {
    return Math.max(0, ...(this.chains.get(chain)?.keys() ?? []));
  }

  /** Whether something of a checkpoint itself differs, so that it is not the one to be believed. */
  isUnsound(number: number): boolean {
    return this.unsound.has(number);
  }

  /** What of a chain differs within the checkpoints, by the first event; null where nothing does. */
  faultWithin(chain: string): Finding | null {
    let last = EMPTY_HEAD.hash;
    for (let sequence = 1; sequence <= this.lengthOf(chain); sequence += 1) {
      const event = this.eventAt(chain, sequence);
      const place = { side: 'checkpoints', chain, sequence, checkpoint: event?.checkpoint ?? null } as const;
      if (event === undefined) return { ...place, reason: 'EVENT_MISSING' };
      if (!event.whole) return { ...place, reason: 'HASH_DIFFERS' };
      if (event.previousHash !== last) return { ...place, reason: 'PREVIOUS_HASH_DIFFERS' };
      last = event.hash;
    }
    return null;
  }

  private find(checkpoint: number, reason: Reason): void {
    this.unsound.add(checkpoint);
    this.findings.push({ side: 'checkpoints', reason, chain: null, sequence: null, checkpoint });
  }

  private takeEvents(number: number, { events }: Checkpoint): void {
    for (const event of events) {
      const chain = this.chains.get(event.chain) ?? new Map<number, ExportedEvent>();
      this.chains.set(event.chain, chain);
      if (chain.has(event.sequence)) {
        this.unsound.add(number);
        this.findings.push({
          side: 'checkpoints',
          reason: 'EVENT_REPEATED',
          chain: event.chain,
          sequence: event.sequence,
          checkpoint: number,
        });
        continue;
      }
      chain.set(event.sequence, {
        digest: digestOf(event),
        whole: hashOf(event) === event.hash,
        previousHash: event.previousHash,
        hash: event.hash,
        checkpoint: number,
      });
    }
  }
}

/** An event of the register that no checkpoint held when it was compared. */
export interface UnexportedEvent {
  readonly chain: string;
  readonly sequence: number;
  readonly digest: string;
}

/** What the comparison of a chain came to. */
export interface ChainComparison {
  /** The first event that differs; null where none does. */
  readonly finding: Finding | null;
  /** Up to the finding; each must wait in the outbox or stand in a later checkpoint. */
  readonly unexported: readonly UnexportedEvent[];
}

/**
 * Recomputes a chain of the register and compares it with the checkpoints, event by event.
 *
 * @param events all of the chain, in the order of their keys; none where the register does not know the chain
 * @param head of the chain, read when no event came after the last one given
 */
export function compareChain(
  exported: ExportedHistory,
  chain: string,
  events: readonly RecordedEvent[],
  head: ChainHead,
): ChainComparison {
  const unexported: UnexportedEvent[] = [];
  let last = EMPTY_HEAD;
  const at = (side: Side, reason: Reason, sequence: number): ChainComparison => ({
    finding: {
      side,
      reason,
      chain,
      sequence,
      checkpoint: exported.eventAt(chain, sequence)?.checkpoint ?? null,
    },
    unexported,
  });
  for (const event of events) {
    const sequence = last.version + 1;
    const fault = faultOfNext(chain, last, event);
    const held = exported.eventAt(chain, sequence);
    // a link that differs is told after the comparison: the event before it may be the changed one, and was compared
    if (fault !== null && fault !== 'PREVIOUS_HASH_DIFFERS') return at('register', fault, sequence);
    if (held === undefined) unexported.push({ chain, sequence, digest: digestOf(event) });
    else if (!held.whole) return at('checkpoints', 'HASH_DIFFERS', sequence);
    else if (held.digest !== digestOf(event))
      return at(exported.isUnsound(held.checkpoint) ? 'checkpoints' : 'register', 'SIDES_DIFFER', sequence);
    if (fault !== null) return at('register', fault, sequence);
    last = { version: sequence, hash: event.hash };
  }
  const longest = Math.max(exported.lengthOf(chain), head.version);
  if (longest > last.version) return at('register', 'EVENT_MISSING', last.version + 1);
  if (head.version !== last.version || head.hash !== last.hash)
    return at('register', 'HEAD_DIFFERS', last.version);
  return { finding: null, unexported };
}

/**
 * Events that stand in no checkpoint although they do not wait either.
 *
 * @param exported with the checkpoints that came after the outbox was read, those under way included
 * @param waiting digests of the events in the outbox, read after the chains
 */
export function findUnexported(
  exported: ExportedHistory,
  unexported: readonly UnexportedEvent[],
  waiting: ReadonlySet<string>,
): Finding[] {
  const first = new Map<string, Finding>();
  for (const { chain, sequence, digest } of unexported) {
    const held = exported.eventAt(chain, sequence);
    if (held?.digest === digest || (held === undefined && waiting.has(digest)) || first.has(chain)) continue;
    first.set(chain, {
      side: 'checkpoints',
      reason: held === undefined ? 'NOT_EXPORTED' : 'SIDES_DIFFER',
      chain,
      sequence,
      checkpoint: held?.checkpoint ?? null,
    });
  }
  return [...first.values()];
}

/** Digest by which `findUnexported` knows an event of the outbox. */
export const waitingDigest = digestOf;

/**
 * Compares heads over all with the checkpoints.
 *
 * @param stated what the register says, read before the checkpoints
 * @param remembered what this machine verified before, if anything
 */
export function compareAuditHeads(
  exported: ExportedHistory,
  stated: AuditHead,
  remembered: AuditHead | null,
): Finding[] {
  const differs = (head: AuditHead, reason: Reason, side: Side): Finding[] =>
    exported.hashAt(head.version) === head.hash
      ? []
      : [{ side, reason, chain: null, sequence: null, checkpoint: head.version }];
  return [
    ...differs(stated, 'AUDIT_HEAD_DIFFERS', 'register'),
    ...(remembered === null ? [] : differs(remembered, 'REMEMBERED_HEAD_DIFFERS', 'checkpoints')),
  ];
}

/** Findings in the order in which they are told: events by chain and place, then checkpoints. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (one, other) =>
      Number(one.chain === null) - Number(other.chain === null) ||
      (one.chain ?? '').localeCompare(other.chain ?? '') ||
      (one.sequence ?? 0) - (other.sequence ?? 0) ||
      (one.checkpoint ?? 0) - (other.checkpoint ?? 0),
  );
}
