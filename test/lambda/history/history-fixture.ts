import { checkpointKey } from '../../../lambda/history/checkpoint.contract';
import type { ExportPorts } from '../../../lambda/history/export-events';
import { exportEvents } from '../../../lambda/history/export-events';
import {
  compareAuditHeads,
  compareChain,
  ExportedHistory,
  type Finding,
  findUnexported,
  inOrder,
  waitingDigest,
} from '../../../lambda/history/verification.contract';
import type { TransactionResult, TransactionWrite } from '../../../lambda/platform/document-table';
import type { Fact } from '../../../lambda/register/event.contract';
import { chainHead } from '../../../lambda/register/event.contract';
import { EMPTY_HEAD, type RecordedEvent } from '../../../lambda/register/event-chain.contract';
import { storedEvent } from '../../../lambda/register/history';
import { changeRegister } from '../../../lambda/register/register-change';
import { auditHeadKey, chainHeadKey, projectPartition } from '../../../lambda/register/register-table';
import { MemoryObjectStore } from '../fixtures/memory-object-store';
import { MemoryRegisterTable } from '../register/memory-register-table';
import { SetClock } from '../register/register-fixture';

export const bucket = 'audit';
const actor = `r-${'1'.repeat(26)}`;

export const projectOf = (index: number) => `p-${String(index).padStart(26, '0')}`;

/** What kills a worker. */
export class Killed extends Error {}

/** A register, an audit bucket, and a worker that can be killed before any of its writes. */
export class HistoryRoom {
  readonly table = new MemoryRegisterTable();
  readonly objects = new MemoryObjectStore();
  readonly clock = new SetClock();
  /** Writes that the worker may still make; it is killed at the next one. */
  writesLeft = Number.POSITIVE_INFINITY;
  /** Whether a write is made and the worker killed before it learns of it. */
  killedAfter = false;

  private async counted<Result>(write: () => Promise<Result>): Promise<Result> {
    if (this.writesLeft <= 0 && !this.killedAfter) throw new Killed();
    const result = await write();
    this.writesLeft -= 1;
    if (this.writesLeft < 0) throw new Killed();
    return result;
  }

  get ports(): ExportPorts {
    const { table, objects } = this;
    return {
      table: {
        get: (key, schema) => table.get(key, schema),
        query: (range, schema) => table.query(range, schema),
        transact: (writes: readonly TransactionWrite[]): Promise<TransactionResult> =>
          this.counted(() => table.transact(writes)),
      },
      objects: {
        readText: (place) => objects.readText(place),
        put: (place, body, options) => this.counted(() => objects.put(place, body, options)),
      },
      auditBucket: bucket,
      clock: this.clock,
      deadline: new Date('2100-01-01T00:00:00.000Z'),
    };
  }

  /** One change of a project with some events, as the register makes it. */
  async change(project: number, codes: readonly string[]): Promise<void> {
    const facts = codes.map((code): Fact => ({ type: 'credential-refused', data: { code, grantId: null } }));
    const chain = { partition: projectPartition(projectOf(project)), name: projectOf(project) };
    this.clock.moveBy(1);
    await changeRegister(this.table, chain, async () => ({
      writes: [],
      facts: facts as [Fact, ...Fact[]],
      actor,
      at: this.clock.now(),
      result: null,
    }));
  }

  export() {
    return exportEvents(this.ports);
  }

  /** Texts of the checkpoints, in order. */
  checkpoints(): (string | null)[] {
    return this.objects
      .keys(bucket)
      .map((key) => this.objects.objects.get(`${bucket}/${key}`)?.body.toString('utf8') ?? null);
  }

  setCheckpoint(number: number, value: unknown): void {
    this.objects.set(bucket, checkpointKey(number), JSON.stringify(value));
  }

  async chain(project: number): Promise<RecordedEvent[]> {
    return this.table.queryAll({ pk: projectPartition(projectOf(project)), skPrefix: 'EVENT#' }, storedEvent);
  }
}

/** Both sides as an auditor reads them; what of the register is read may be replaced. */
export async function verify(
  room: HistoryRoom,
  projects: number,
  changed: {
    readonly chains?: ReadonlyMap<number, readonly RecordedEvent[]>;
    readonly checkpoints?: readonly (string | null)[];
    readonly remembered?: { version: number; hash: string };
  } = {},
): Promise<Finding[]> {
  const exported = new ExportedHistory();
  for (const text of changed.checkpoints ?? room.checkpoints()) exported.take(text);
  const findings: Finding[] = [...exported.findings];
  const unexported = [];
  for (let project = 0; project < projects; project += 1) {
    const events = changed.chains?.get(project) ?? (await room.chain(project));
    const head =
      (await room.table.get(chainHeadKey(projectPartition(projectOf(project))), chainHead)) ?? EMPTY_HEAD;
    const compared = compareChain(exported, projectOf(project), events, head);
    if (compared.finding) findings.push(compared.finding);
    unexported.push(...compared.unexported);
  }
  const waiting = room.table.partition('OUTBOX').map((item) => waitingDigest(item.event as RecordedEvent));
  findings.push(...findUnexported(exported, unexported, new Set(waiting)));
  const stated = (await room.table.get(auditHeadKey, chainHead)) ?? EMPTY_HEAD;
  findings.push(...compareAuditHeads(exported, stated, changed.remembered ?? null));
  return inOrder(findings);
}
