import * as z from 'zod';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { UrlSigner } from '../platform/presigned-urls';
import { chainHead, chainHeadRecord, chainPointer } from '../register/event.contract';
import { EMPTY_HEAD, recordedEvent } from '../register/event-chain.contract';
import { storedEvent } from '../register/history';
import { findPerson } from '../register/people';
import {
  auditHeadKey,
  chainHeadKey,
  chainPointerKey,
  eventKey,
  type RegisterTable,
} from '../register/register-table';
import { checkpointKey, EMPTY_AUDIT_HEAD } from './checkpoint.contract';
import type { ChainPage, CheckpointsPage, chainsPage, waitingPage } from './history.contract';
import { refuseHistory } from './history-errors';

/** The register, to be read only. */
export type ReadableRegister = Pick<RegisterTable, 'get' | 'getMany' | 'query' | 'queryAll'>;

/** A page token holds the sort key only: the partition follows from the route. */
const position = z.object({ sk: z.string().min(1).max(300) });

/** One page of all chains, by name. */
export async function listChains(
  table: ReadableRegister,
  page: { limit: number; next?: string | undefined },
): Promise<z.input<typeof chainsPage>> {
  const after =
    page.next === undefined ? undefined : chainPointerKey(decodePageToken(page.next, position).sk);
  const { items, next } = await table.query(
    { pk: 'CHAINS', limit: page.limit, ...(after && { after }) },
    chainPointer.extend({ sk: z.string() }),
  );
  const heads = await table.getMany(
    items.map(({ partition }) => chainHeadKey(partition)),
    chainHeadRecord,
  );
  const byPartition = new Map(heads.map(({ pk, version, hash }) => [pk, { version, hash }]));
  return {
    chains: items.map(({ sk, partition }) => ({ chain: sk, head: byPartition.get(partition) ?? EMPTY_HEAD })),
    ...(next && { next: encodePageToken({ sk: next.sk }) }),
  };
}

/**
 * Events of a chain after one of them. The head is read before they are: whoever asks until none comes any more has a
 * head that covers all of them.
 *
 * @throws PlatformError CHAIN_NOT_FOUND
 */
export async function showChain(
  table: ReadableRegister,
  chain: string,
  { after, limit }: { after: number; limit: number },
): Promise<ChainPage> {
  const pointer = await table.get(chainPointerKey(chain), chainPointer);
  if (pointer === null) throw refuseHistory('CHAIN_NOT_FOUND');
  const { partition } = pointer;
  const head = (await table.get(chainHeadKey(partition), chainHead)) ?? EMPTY_HEAD;
  const { items } = await table.query(
    { pk: partition, skPrefix: 'EVENT#', limit, ...(after > 0 && { after: eventKey(partition, after) }) },
    storedEvent,
  );
  return { chain, head, events: items };
}

/** URLs of checkpoints after one of them, and the head over all, which is read before. */
export async function listCheckpoints(
  {
    table,
    urls,
    auditBucket,
  }: { table: ReadableRegister; urls: Pick<UrlSigner, 'signDownload'>; auditBucket: string },
  { after, limit }: { after: number; limit: number },
): Promise<CheckpointsPage> {
  const head = (await table.get(auditHeadKey, chainHead)) ?? EMPTY_AUDIT_HEAD;
  const sign = async (number: number) => ({
    number,
    url: await urls.signDownload({ bucket: auditBucket, key: checkpointKey(number) }, 'application/json'),
  });
  const count = Math.max(0, Math.min(limit, head.version - after));
  const checkpoints = await Promise.all(Array.from({ length: count }, (_, index) => sign(after + 1 + index)));
  const atEnd = after + count >= head.version;
  return { head, checkpoints, ...(atEnd && { underWay: await sign(head.version + 1) }) };
}

/** One page of the events that no checkpoint holds yet, oldest first. */
export async function listWaiting(
  table: ReadableRegister,
  page: { limit: number; next?: string | undefined },
): Promise<z.input<typeof waitingPage>> {
  const after =
    page.next === undefined ? undefined : { pk: 'OUTBOX', sk: decodePageToken(page.next, position).sk };
  const { items, next } = await table.query(
    { pk: 'OUTBOX', limit: page.limit, ...(after && { after }) },
    z.object({ event: z.unknown() }),
  );
  return {
    // an item that holds no event waits for nothing: its event is missing in the checkpoints, which verification says
    events: items.flatMap(({ event }) => recordedEvent.safeParse(event).data ?? []),
    ...(next && { next: encodePageToken({ sk: next.sk }) }),
  };
}

/**
 * The pseudonym of a person.
 * @throws PlatformError PERSON_NOT_FOUND
 */
export async function nameChainOfPerson(table: RegisterTable, subject: string): Promise<{ person: string }> {
  const found = await findPerson(table, subject);
  if (found === null) throw refuseHistory('PERSON_NOT_FOUND');
  return { person: found.pseudonym };
}
