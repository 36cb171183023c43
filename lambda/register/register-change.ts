import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { absent, type Item, type ItemKey, type TransactionWrite } from '../platform/document-table';
import { ChainLine } from './chain-line';
import {
  type Actor,
  chainLineRecord,
  type Fact,
  type StoredChainHead,
  storedChainHead,
} from './event.contract';
import { appendFacts, EMPTY_HEAD } from './event-chain.contract';
import { refuseRegister } from './register-refusals';
import {
  atVersion,
  chainHeadKey,
  chainLineKey,
  chainPointerKey,
  eventKey,
  outboxKey,
  type RegisterTable,
} from './register-table';

/** The chain of events that a change belongs to. */
export interface Chain {
  /** `PROJECT#<id>`, `PERSON#<subject>` or `PLATFORM`. */
  readonly partition: string;
  /** Project id, the person's pseudonym, or `platform`. */
  readonly name: string;
}

/** Records to write, and what to tell of it. */
export interface Change<Result> {
  readonly writes: readonly TransactionWrite[];
  readonly facts: readonly [Fact, ...Fact[]];
  readonly actor: Actor;
  /** Time of the change. Its events have this one, or that of the chain's last event where that is later. */
  readonly at: Date;
  readonly result: Result;
}

/** Nothing to change: a repetition of what was done, or already so. */
export interface NoChange<Result> {
  readonly unchanged: Result;
}

/** What stands before a change. */
export interface Before {
  /** Time of the chain's last event; null before its first. */
  readonly lastAt: Date | null;
  /** What stands under the keys to be read. */
  readonly items: readonly Item[];
}

/** Attempts of one change; with the line of the chain, few need more than two. */
const ATTEMPTS = 30;
const LONGEST_PAUSE_MILLISECONDS = 400;

/** Later nobody is told why: API Gateway waits 29 s for an answer, of which 6 s are kept for STS. */
const LONGEST_WAIT_MILLISECONDS = 20_000;

const storedItem = z.looseObject({ pk: z.string(), sk: z.string() });

function pause(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(LONGEST_PAUSE_MILLISECONDS, 10 * 2 ** attempt));
}

/** The later of a time and that of the last event: in a chain, time never goes back. */
export function notBefore(lastAt: Date | null, at: Date): Date {
  return lastAt !== null && lastAt > at ? lastAt : at;
}

/**
 * Changes the register in one transaction: the records, the events of the chain, its head, an outbox item for each event
 * and, with the first one, the chain's entry in the list of chains; or none of it. Where somebody else was first, `plan`
 * is asked again, so that it decides on what now stands; who was not first takes a place in the line of the chain.
 *
 * @param plan reads, decides, and says what to write; throws a PlatformError to refuse
 * @param keys items to read with the head, in the same request; whatever is decided by them, the writes must check,
 *   since they may be older than the head
 * @throws PlatformError REGISTER_BUSY when others were first every time
 */
export async function changeRegister<Result>(
  table: RegisterTable,
  chain: Chain,
  plan: (before: Before) => Promise<Change<Result> | NoChange<Result>>,
  keys: readonly ItemKey[] = [],
): Promise<Result> {
  const started = performance.now();
  const headKey = chainHeadKey(chain.partition);
  const lineKey = chainLineKey(chain.partition);
  const line = new ChainLine(table, chain.partition);
  for (let attempt = 0; attempt < ATTEMPTS && performance.now() - started < LONGEST_WAIT_MILLISECONDS; ) {
    const items = await table.getMany([headKey, lineKey, ...keys], storedItem);
    const under = ({ sk }: ItemKey) => items.find((item) => item.pk === chain.partition && item.sk === sk);
    const stored = under(headKey);
    const head: StoredChainHead =
      stored === undefined ? { ...EMPTY_HEAD, served: 0 } : storedChainHead.parse(stored);
    const { given, passed } = chainLineRecord.partial().parse(under(lineKey) ?? {});
    const state = { given: given ?? 0, served: Math.max(head.served, passed ?? 0) };
    const lastAt = head.at === undefined ? null : new Date(head.at);
    const planned = await plan({ lastAt, items }).catch(async (error: unknown) => {
      await line.leave();
      throw error;
    });
    if ('unchanged' in planned) {
      await line.leave();
      return planned.unchanged;
    }
    if (line.ahead(state) > 0) {
      await line.join();
      if (!line.standsStill(state)) {
        await line.wait(state);
        continue;
      }
    }
    const { writes, facts, actor, result } = planned;
    const at = notBefore(lastAt, planned.at);
    const appended = appendFacts(head, facts, { chain: chain.name, actor, at });
    const served = Math.max(state.served, line.number);
    const outcome = await table.transact(
      [
        ...writes,
        {
          put: { ...headKey, ...appended.head, at: at.toISOString(), served },
          condition: atVersion(head.version),
        },
        ...(head.version === 0
          ? [{ put: { ...chainPointerKey(chain.name), partition: chain.partition }, condition: absent }]
          : []),
        ...appended.events.flatMap((event): TransactionWrite[] => [
          { put: { ...eventKey(chain.partition, event.sequence), ...event }, condition: absent },
          { put: { ...outboxKey(event), event }, condition: absent },
        ]),
      ],
      'say-so',
    );
    if (outcome.committed) return result;
    const headMoved = outcome.failed.length === 0 || outcome.failed.includes(writes.length);
    if (headMoved && line.number === 0) await line.join();
    else await pause(attempt);
    attempt += 1;
  }
  await line.leave();
  throw refuseRegister('REGISTER_BUSY');
}
