import fc from 'fast-check';
import type { Item } from '../../../../lambda/platform/document-table';
import type { RegisterEvent } from '../../../../lambda/register/event.contract';
import { hashOf } from '../../../../lambda/register/event-chain.contract';
import { verifyHistory } from '../../../../lambda/register/history';
import type { MemoryRegisterTable } from '../memory-register-table';
import { demand } from './known-people';

const kinds = ['time', 'actor', 'data', 'added', 'hash', 'link', 'rehash'].concat([
  'remove',
  'swap',
  'renumber',
  'insert',
  'append',
  'truncate',
  'head-hash',
  'head-version',
]);

/** One change by somebody who can write to the table: what, and where among chains and events. */
export const tampering = fc.record({
  kind: fc.constantFrom(...kinds),
  chain: fc.nat({ max: 999 }),
  place: fc.nat({ max: 999 }),
  other: fc.nat({ max: 999 }),
});
export type Tampering = typeof tampering extends fc.Arbitrary<infer Value> ? Value : never;

interface Chain {
  readonly partition: string;
  readonly name: string;
}

const keyOf = ({ pk, sk }: Item) => `${pk}\u0000${sk}`;
const eventsOf = (table: MemoryRegisterTable, partition: string) =>
  table.partition(partition).filter(({ sk }) => sk.startsWith('EVENT#'));

export function chainsOf(table: MemoryRegisterTable): Chain[] {
  return table
    .partition()
    .filter(({ sk }) => sk === 'HISTORY')
    .map(({ pk }) => ({ partition: pk, name: String(eventsOf(table, pk)[0]?.chain) }));
}

/** Every chain verifies, and the outbox holds each event once and nothing else. */
export async function expectWholeHistory(table: MemoryRegisterTable): Promise<void> {
  const events: string[] = [];
  for (const chain of chainsOf(table)) {
    const verdict = await verifyHistory(table, chain);
    demand(verdict.intact, 'history always verifies');
    for (const { pk: _pk, sk: _sk, ...event } of eventsOf(table, chain.partition))
      events.push(JSON.stringify(event));
  }
  const outbox = table.partition('OUTBOX').map(({ event }) => JSON.stringify(event));
  demand(events.sort().join('\n') === outbox.sort().join('\n'), 'the outbox holds each event once');
}

/** Does what was asked to the stored chain, and gives the sequence at which it must be found. */
function tamper(table: MemoryRegisterTable, { partition }: Chain, change: Tampering): number {
  const events = eventsOf(table, partition);
  const { length } = events;
  const index = change.place % length;
  const event = events[index];
  const head = table.items.get(`${partition}\u0000HISTORY`);
  if (event === undefined || head === undefined) throw new Error('a chain has events and a head');
  const put = (item: Item) => void table.items.set(keyOf(item), item);
  const recorded = ({ pk: _pk, sk: _sk, ...rest }: Item) => rest as unknown as RegisterEvent;
  const at = new Date(Date.parse(String(event.at)) + 1).toISOString();
  const stranger = `r-${'2'.repeat(26)}`;
  const place = (sequence: number) => `EVENT#${String(sequence).padStart(9, '0')}`;
  switch (change.kind) {
    case 'time':
      put({ ...event, at });
      return index + 1;
    case 'actor':
      put({ ...event, actor: stranger });
      return index + 1;
    case 'data':
      put({ ...event, data: { ...(event.data as object), seen: true } });
      return index + 1;
    case 'added':
      put({ ...event, seen: true });
      return index + 1;
    case 'hash':
      put({ ...event, hash: 'f'.repeat(64) });
      return index + 1;
    case 'link':
      put({ ...event, previousHash: 'f'.repeat(64) });
      return index + 1;
    case 'rehash': {
      const changed = { ...event, at };
      put({ ...changed, hash: hashOf(recorded(changed)) });
      // the next event, or the head, still holds the hash that it had
      return Math.min(index + 2, length);
    }
    case 'remove':
      table.items.delete(keyOf(event));
      return index + 1;
    case 'swap':
    case 'renumber': {
      const next = events[(index + 1 + (change.other % Math.max(1, length - 1))) % length];
      if (next === undefined || next === event)
        return tamper(table, { partition, name: '' }, { ...change, kind: 'remove' });
      const numbered = change.kind === 'renumber';
      put({ ...next, sk: event.sk, ...(numbered ? { sequence: event.sequence } : {}) });
      put({ ...event, sk: next.sk, ...(numbered ? { sequence: next.sequence } : {}) });
      return Math.min(Number(event.sequence), Number(next.sequence));
    }
    case 'insert':
      for (const later of events.slice(index)) put({ ...later, sk: place(Number(later.sequence) + 1) });
      put(event);
      return index + 2;
    case 'append': {
      const last = events[length - 1] ?? event;
      const forged = { ...last, sk: place(length + 1), sequence: length + 1, previousHash: last.hash };
      put({ ...forged, hash: hashOf(recorded(forged)) });
      return length + 1;
    }
    case 'truncate':
      for (const later of events.slice(index)) table.items.delete(keyOf(later));
      return index + 1;
    case 'head-hash':
      put({ ...head, hash: 'f'.repeat(64) });
      return length;
    default:
      put({ ...head, version: length + 1 });
      return length + 1;
  }
}

/** Changes one chain as told; it is found, at the place where it was done. */
export async function expectFound(table: MemoryRegisterTable, change: Tampering): Promise<void> {
  const chains = chainsOf(table);
  const chain = chains[change.chain % chains.length];
  if (chain === undefined) throw new Error('there are chains');
  const before = new Map(table.items);
  const sequence = tamper(table, chain, change);
  const verdict = await verifyHistory(table, chain);
  demand(!verdict.intact, `what was tampered with is found: ${change.kind}`);
  demand(verdict.sequence === sequence, `it is found at its place: ${change.kind}`);
  table.items.clear();
  for (const [key, item] of before) table.items.set(key, item);
  demand((await verifyHistory(table, chain)).intact, 'what is put back verifies');
}
