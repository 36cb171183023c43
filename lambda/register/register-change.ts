import { setTimeout as sleep } from 'node:timers/promises';
import { absent, type TransactionWrite } from '../platform/document-table';
import { type Actor, chainHead, type Fact } from './event.contract';
import { appendFacts, EMPTY_HEAD } from './event-chain';
import { refuseRegister } from './register-refusals';
import { atVersion, chainHeadKey, eventKey, outboxKey, type RegisterTable } from './register-table';

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
  readonly at: Date;
  readonly result: Result;
}

/** Nothing to change: a repetition of what was done, or already so. */
export interface NoChange<Result> {
  readonly unchanged: Result;
}

/**
 * Changes of one chain follow one another, and whoever was not first tries again after a pause of chance length. Fifty
 * requests at once get through on the embedded platform; credentials-api runs twenty at once at most.
 */
const ATTEMPTS = 30;
const LONGEST_PAUSE_MILLISECONDS = 400;

/** Later nobody is told why: credentials-api may run 15 s, of which 6 s are kept for STS. */
const LONGEST_WAIT_MILLISECONDS = 8_000;

function pause(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(LONGEST_PAUSE_MILLISECONDS, 10 * 2 ** attempt));
}

/**
 * Changes the register in one transaction: the records, the events of the chain, its head, and an outbox item for each
 * event, or none of it. Where somebody else was first, `plan` is asked again, so that it decides on what now stands.
 *
 * @param plan reads, decides, and says what to write; throws a PlatformError to refuse
 * @throws PlatformError REGISTER_BUSY when others were first every time
 */
export async function changeRegister<Result>(
  table: RegisterTable,
  chain: Chain,
  plan: () => Promise<Change<Result> | NoChange<Result>>,
): Promise<Result> {
  const started = performance.now();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(attempt);
    if (performance.now() - started > LONGEST_WAIT_MILLISECONDS) break;
    const headKey = chainHeadKey(chain.partition);
    const head = (await table.get(headKey, chainHead)) ?? EMPTY_HEAD;
    const planned = await plan();
    if ('unchanged' in planned) return planned.unchanged;
    const { writes, facts, actor, at, result } = planned;
    const appended = appendFacts(head, facts, { chain: chain.name, actor, at });
    const outcome = await table.transact([
      ...writes,
      {
        put: { ...headKey, ...appended.head },
        condition: atVersion(head.version),
      },
      ...appended.events.flatMap((event): TransactionWrite[] => [
        { put: { ...eventKey(chain.partition, event.sequence), ...event }, condition: absent },
        { put: { ...outboxKey(event), event }, condition: absent },
      ]),
    ]);
    if (outcome.committed) return result;
  }
  throw refuseRegister('REGISTER_BUSY');
}
