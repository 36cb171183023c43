import * as z from 'zod';
import { chainHead } from './event.contract';
import { type ChainVerdict, EMPTY_HEAD, recordedEvent, verifyChain } from './event-chain.contract';
import type { Chain } from './register-change';
import { chainHeadKey, type RegisterTable } from './register-table';

/** An event as stored, with nothing added or left out, so that its hash covers what really stands there. */
export const storedEvent = z
  .looseObject({ pk: z.string(), sk: z.string() })
  .transform(({ pk: _pk, sk: _sk, ...rest }) => rest)
  .pipe(recordedEvent);

/** Reads a whole chain and its head, and verifies the one against the other. */
export async function verifyHistory(table: RegisterTable, chain: Chain): Promise<ChainVerdict> {
  const head = await table.get(chainHeadKey(chain.partition), chainHead);
  const events = await table.queryAll({ pk: chain.partition, skPrefix: 'EVENT#' }, storedEvent);
  return verifyChain(chain.name, events, head ?? EMPTY_HEAD);
}
