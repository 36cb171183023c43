import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../platform/clock';
import { absent, type ItemKey } from '../platform/document-table';
import type { ObjectStore } from '../platform/object-store';
import { chainHead } from '../register/event.contract';
import { hashOf, type RecordedEvent, recordedEvent } from '../register/event-chain.contract';
import { atVersion, auditHeadKey, outboxKey, type RegisterTable } from '../register/register-table';
import {
  type AuditHead,
  type Checkpoint,
  checkpointKey,
  checkpointText,
  EMPTY_AUDIT_HEAD,
  faultOfCheckpoint,
  makeCheckpoint,
  readCheckpoint,
} from './checkpoint.contract';

/** Events of one checkpoint; DynamoDB gives a page of 1 MB at most, which bounds their bytes too. */
const EVENTS_AT_ONCE = 500;

/** Writes of one transaction, the service's limit; the last one also holds the head. */
const WRITES_AT_ONCE = 100;

export interface ExportPorts {
  readonly table: Pick<RegisterTable, 'get' | 'query' | 'transact'>;
  readonly objects: Pick<ObjectStore, 'readText' | 'put'>;
  readonly auditBucket: string;
  readonly clock: Clock;
  /** When no further checkpoint is begun in this run. */
  readonly deadline: Date;
}

export interface ExportCounts {
  readonly checkpoints: number;
  readonly events: number;
  /** Outbox items that hold no event or one whose hash differs. They stay, and the run says so. */
  readonly faulty: number;
}

/** An object stands under the number of the next checkpoint that does not follow the head: somebody else wrote it. */
export class CheckpointDiffersError extends Error {
  override readonly name = 'CheckpointDiffersError';
  constructor(
    readonly number: number,
    readonly reason: string,
  ) {
    super(`checkpoint ${number} does not follow the one before it: ${reason}`);
  }
}

const outboxItem = z.looseObject({ sk: z.string(), event: z.unknown() });

/** The event of an outbox item; null where it is none, its hash differs, or it stands under another's key. */
function eventOf(item: z.infer<typeof outboxItem>): RecordedEvent | null {
  const parsed = recordedEvent.safeParse(item.event);
  if (!parsed.success) return null;
  const { data } = parsed;
  return hashOf(data) === data.hash && outboxKey(data).sk === item.sk ? data : null;
}

/** Events of one chain in their sequence, whatever the clocks of those who wrote them said. */
function inSequence(events: readonly RecordedEvent[]): RecordedEvent[] {
  const byChain = new Map<string, RecordedEvent[]>();
  for (const event of events) byChain.set(event.chain, [...(byChain.get(event.chain) ?? []), event]);
  return [...byChain.values()].flatMap((chain) => chain.sort((one, other) => one.sequence - other.sequence));
}

/** The oldest events that wait, as many as one checkpoint takes. */
async function waitingEvents({ table }: ExportPorts): Promise<{ events: RecordedEvent[]; faulty: number }> {
  let after: ItemKey | undefined;
  let faulty = 0;
  do {
    const page = await table.query(
      { pk: 'OUTBOX', limit: EVENTS_AT_ONCE, ...(after && { after }) },
      outboxItem,
    );
    const events = page.items.flatMap((item) => eventOf(item) ?? []);
    faulty += page.items.length - events.length;
    if (events.length > 0) return { events: inSequence(events), faulty };
    after = page.next ?? undefined;
  } while (after !== undefined);
  return { events: [], faulty };
}

/** The checkpoint that stands under the next number; null where none does. */
async function standingCheckpoint(ports: ExportPorts, head: AuditHead): Promise<Checkpoint | null> {
  const number = head.version + 1;
  const text = await ports.objects.readText({ bucket: ports.auditBucket, key: checkpointKey(number) });
  if (text === null) return null;
  const found = readCheckpoint(text);
  const fault = found === null ? 'CHECKPOINT_UNREADABLE' : faultOfCheckpoint(head, found);
  if (found === null || fault !== null) throw new CheckpointDiffersError(number, fault ?? 'unreadable');
  return found;
}

/**
 * Takes the events of a checkpoint out of the outbox and then, with the last of them, moves the head. In this order:
 * while the head stands before it, whoever looks finds the object and ends what was begun; once the head has moved,
 * nothing of it waits any more, so that no event goes into two checkpoints.
 */
async function settle(ports: ExportPorts, head: AuditHead, made: Checkpoint): Promise<void> {
  const deletions = made.events.map((event) => ({ delete: outboxKey(event) }));
  while (deletions.length >= WRITES_AT_ONCE) {
    await ports.table.transact(deletions.splice(0, WRITES_AT_ONCE));
  }
  // where another run was first, it has moved the head past this checkpoint, and the next look finds that
  await ports.table.transact([
    ...deletions,
    {
      put: { ...auditHeadKey, version: made.number, hash: made.hash },
      condition: head.version === 0 ? absent : atVersion(head.version),
    },
  ]);
}

/**
 * Exports the events that wait to the audit bucket, checkpoint by checkpoint, until none waits or the deadline has come.
 * Killed anywhere, the next run goes on without a gap or a double: a checkpoint is written under the next number only
 * where nothing stands there, and one that stands there is adopted.
 *
 * @throws CheckpointDiffersError where what stands there does not follow the head; nothing is exported from then on
 */
export async function exportEvents(ports: ExportPorts): Promise<ExportCounts> {
  let checkpoints = 0;
  let exported = 0;
  for (;;) {
    const head = (await ports.table.get(auditHeadKey, chainHead)) ?? EMPTY_AUDIT_HEAD;
    let next = await standingCheckpoint(ports, head);
    if (next === null) {
      const { events, faulty } = await waitingEvents(ports);
      if (events.length === 0 || ports.clock.now() >= ports.deadline)
        return { checkpoints, events: exported, faulty };
      next = makeCheckpoint(head, events, ports.clock.now());
      const text = checkpointText(next);
      const written = await ports.objects.put(
        { bucket: ports.auditBucket, key: checkpointKey(next.number) },
        text,
        {
          contentType: 'application/json',
          sha256: createHash('sha256').update(text).digest('hex'),
          onlyIfAbsent: true,
        },
      );
      // another run was first: look again
      if (!written) continue;
    }
    await settle(ports, head, next);
    checkpoints += 1;
    exported += next.events.length;
  }
}

/** Seconds for which the oldest event has waited; 0 where none waits. */
export async function oldestWaitSeconds({
  table,
  clock,
}: Pick<ExportPorts, 'table' | 'clock'>): Promise<number> {
  const { items } = await table.query({ pk: 'OUTBOX', limit: 1 }, z.object({ sk: z.string() }));
  const since = items[0]?.sk.split('#')[0];
  const waited = since === undefined ? 0 : clock.now().getTime() - Date.parse(since);
  return Number.isFinite(waited) ? Math.max(0, waited / 1000) : 0;
}
