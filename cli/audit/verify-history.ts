import {
  type ChainComparison,
  compareAuditHeads,
  compareChain,
  ExportedHistory,
  type Finding,
  findUnexported,
  inOrder,
  type UnexportedEvent,
  waitingDigest,
} from '../../lambda/history/verification.contract';
import type { ChainHead } from '../../lambda/register/event.contract';
import type { Output } from '../terminal/output';
import { count } from '../terminal/text';
import type { HistoryClient } from './history-client';

/** What a verification came to. */
export interface Verification {
  readonly findings: readonly Finding[];
  readonly chains: number;
  /** Events of the register that were recomputed. */
  readonly events: number;
  /** Of these, events that no checkpoint held yet. */
  readonly waiting: number;
  readonly checkpoints: number;
  /** Head over all checkpoints that were recomputed. */
  readonly head: ChainHead;
}

/** Time between two remarks. */
const REMARK_MS = 5_000;

function remarking(output: Output): (text: () => string) => void {
  let last = performance.now();
  return (text) => {
    if (performance.now() - last < REMARK_MS) return;
    last = performance.now();
    output.remark(text());
  };
}

function headOf(exported: ExportedHistory): ChainHead {
  return { version: exported.length, hash: exported.hashAt(exported.length) ?? '' };
}

/** Takes in the checkpoints that are there and not yet taken in; gives the head that was stated before they were read. */
async function takeCheckpoints(
  client: HistoryClient,
  exported: ExportedHistory,
  remark: (text: () => string) => void,
  withUnderWay: boolean,
): Promise<ChainHead> {
  let stated: ChainHead | null = null;
  for (;;) {
    const page = await client.checkpoints(exported.length);
    stated ??= page.head;
    for await (const text of client.texts(page.checkpoints)) {
      exported.take(text);
      remark(() => `${count(exported.length)} of ${count(page.head.version)} checkpoints`);
    }
    if (exported.length < page.head.version) continue;
    if (withUnderWay && page.underWay?.number === exported.length + 1)
      for await (const text of client.texts([page.underWay])) if (text !== null) exported.take(text);
    return stated;
  }
}

/**
 * Reads both sides of a platform's history and compares them. In this order: what is not in a checkpoint read first
 * must wait in the outbox, read after the chains, or stand in a checkpoint read after the outbox.
 *
 * @param chain one chain only, with all checkpoints; null: every chain
 * @param remembered what was verified on this machine before
 */
export async function verifyPlatform(
  client: HistoryClient,
  output: Output,
  chain: string | null,
  remembered: ChainHead | null,
): Promise<Verification> {
  const remark = remarking(output);
  const exported = new ExportedHistory();
  const stated = await takeCheckpoints(client, exported, remark, false);

  const findings: Finding[] = [];
  const unexported: UnexportedEvent[] = [];
  const names = new Set(chain === null ? exported.chainNames : [chain]);
  if (chain === null) for await (const name of client.chains()) names.add(name);
  let events = 0;
  let chains = 0;
  for (const name of [...names].sort()) {
    const read = await client.chain(name);
    const compared: ChainComparison = compareChain(exported, name, read.events, read.head);
    if (compared.finding !== null) findings.push(compared.finding);
    unexported.push(...compared.unexported);
    events += read.events.length;
    chains += 1;
    remark(() => `${count(chains)} of ${count(names.size)} chains, ${count(events)} events`);
  }
  const waiting = new Set<string>();
  if (unexported.length > 0) {
    for await (const event of client.waiting()) waiting.add(waitingDigest(event));
    await takeCheckpoints(client, exported, remark, true);
  }
  findings.push(...findUnexported(exported, unexported, waiting));
  findings.push(...compareAuditHeads(exported, stated, remembered), ...exported.findings);
  return {
    findings: inOrder(findings),
    chains,
    events,
    waiting: unexported.length,
    checkpoints: exported.length,
    head: headOf(exported),
  };
}

/**
 * Verifies checkpoints by themselves.
 *
 * @param texts of the checkpoints from the first on; null for one that is missing
 */
export function verifyCheckpoints(
  texts: Iterable<string | null>,
  chain: string | null,
  remembered: ChainHead | null,
): Verification {
  const exported = new ExportedHistory();
  for (const text of texts) exported.take(text);
  const names = chain === null ? exported.chainNames : [chain];
  const within = names.flatMap((name) => exported.faultWithin(name) ?? []);
  const known = remembered !== null && remembered.version <= exported.length ? remembered : null;
  const head = headOf(exported);
  return {
    findings: inOrder([...within, ...compareAuditHeads(exported, head, known), ...exported.findings]),
    chains: names.length,
    events: names.reduce((sum, name) => sum + exported.lengthOf(name), 0),
    waiting: 0,
    checkpoints: exported.length,
    head,
  };
}
