import { setTimeout as sleep } from 'node:timers/promises';
import { chainLineKey, type RegisterTable } from './register-table';

/** Where a chain's line stands: the last number given to somebody who waits, and the last one that was served. */
export interface LineState {
  readonly given: number;
  readonly served: number;
}

/** Time of a turn before one was seen: a read and a transaction of DynamoDB. */
const FIRST_TURN_MILLISECONDS = 25;
const SHORTEST_PAUSE_MILLISECONDS = 4;
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** By how many turns to look early: who looks late leaves the chain idle. */
const EARLY_TURNS = 0.75;

/** A line that stands still this long has somebody in it who was killed. */
const STANDSTILL_MILLISECONDS = 750;
/** Those further behind wait a little longer, so that the first of them goes on alone. */
const STANDSTILL_EACH_MILLISECONDS = 50;

/**
 * A place in the line of those who want to change one chain. It only orders: whoever goes out of turn is stopped by the
 * condition of the transaction and loses an attempt, nothing else. Nothing is locked.
 */
export class ChainLine {
  private ticket: number | null = null;
  private seen: { served: number; at: number } | null = null;
  private first: { served: number; at: number } | null = null;

  constructor(
    private readonly table: Pick<RegisterTable, 'increment' | 'raise'>,
    private readonly partition: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Number of this place; 0 for somebody who has none. */
  get number(): number {
    return this.ticket ?? 0;
  }

  /** Takes a number, unless there is one. */
  async join(): Promise<void> {
    this.ticket ??= await this.table.increment(chainLineKey(this.partition), 'given');
  }

  /** Lets the next one go on where nothing was changed; a change says so by itself. */
  async leave(): Promise<void> {
    if (this.ticket !== null) await this.table.raise(chainLineKey(this.partition), 'passed', this.ticket);
  }

  /** Places before this one; 0: it is our turn, or nobody waits. Infinite for somebody without a number where others wait. */
  ahead({ given, served }: LineState): number {
    if (this.ticket === null) return given > served ? Number.POSITIVE_INFINITY : 0;
    return Math.max(0, this.ticket - served - 1);
  }

  /** True where the line has stood still for so long that waiting for it makes no sense. */
  standsStill(state: LineState): boolean {
    const now = this.now();
    if (this.seen === null || this.seen.served !== state.served) {
      this.seen = { served: state.served, at: now };
      this.first ??= this.seen;
    }
    return now - this.seen.at > STANDSTILL_MILLISECONDS + this.ahead(state) * STANDSTILL_EACH_MILLISECONDS;
  }

  /** Until our turn should have come, by the turns seen so far; the state is then to be read again. */
  async wait(state: LineState): Promise<void> {
    const { first, seen } = this;
    const turns = first === null || seen === null ? 0 : seen.served - first.served;
    const turn =
      first === null || seen === null || turns === 0 ? FIRST_TURN_MILLISECONDS : (seen.at - first.at) / turns;
    const pause = (this.ahead(state) - EARLY_TURNS) * turn;
    await sleep(Math.min(LONGEST_PAUSE_MILLISECONDS, Math.max(SHORTEST_PAUSE_MILLISECONDS, pause)));
  }
}
