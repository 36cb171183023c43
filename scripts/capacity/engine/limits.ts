import type { EventQueue } from './event-queue';

/** What a limit made others wait for, and how much of it was used. */
export interface LimitUse {
  /** Passes of a rate, seconds of places in use of a number of places. */
  readonly used: number;
  readonly waits: number;
  readonly waitSeconds: number;
  readonly longestWaitSeconds: number;
  /** For a number of places, the most in use at once; null for a rate. */
  readonly mostAtOnce: number | null;
}

class WaitMeter {
  used = 0;
  mostAtOnce: number | null = null;
  private waits = 0;
  private waitSeconds = 0;
  private longestWaitSeconds = 0;

  note(seconds: number): void {
    if (seconds <= 0) return;
    this.waits += 1;
    this.waitSeconds += seconds;
    this.longestWaitSeconds = Math.max(this.longestWaitSeconds, seconds);
  }

  read(): LimitUse {
    const { used, waits, waitSeconds, longestWaitSeconds, mostAtOnce } = this;
    return { used, waits, waitSeconds, longestWaitSeconds, mostAtOnce };
  }
}

export interface Rate {
  readonly perSecond: number;
  /** Passes that a full bucket holds. */
  readonly burst: number;
}

/** A rate with a burst, as AWS throttles: who comes when the bucket is empty waits its turn, first come first served. */
export class TokenBucket {
  private tokens: number;
  private filledAt = 0;
  private readonly meter = new WaitMeter();

  constructor(
    private readonly queue: EventQueue,
    readonly rate: Rate,
  ) {
    this.tokens = rate.burst;
  }

  /** Calls `then` when `passes` have been given; gives the seconds waited. */
  pass(passes: number, then: (waited: number) => void): void {
    const { perSecond, burst } = this.rate;
    const { now } = this.queue;
    this.tokens = Math.min(burst, this.tokens + (now - this.filledAt) * perSecond) - passes;
    this.filledAt = now;
    // below zero: those before are still being served
    const waited = this.tokens >= 0 ? 0 : -this.tokens / perSecond;
    this.meter.used += passes;
    this.meter.note(waited);
    if (waited === 0) then(0);
    else this.queue.after(waited, () => then(waited));
  }

  read(): LimitUse {
    return this.meter.read();
  }
}

interface Waiting {
  readonly places: number;
  readonly since: number;
  readonly then: (waited: number) => void;
}

/** A number of places, taken first come first served: who needs more than are free holds back those behind. */
export class Places {
  private inUse = 0;
  private changedAt = 0;
  private line: Waiting[] = [];
  private head = 0;
  private readonly meter = new WaitMeter();

  constructor(
    private readonly queue: EventQueue,
    readonly limit: number,
  ) {
    this.meter.mostAtOnce = 0;
  }

  /** Calls `then` when the places are there; gives the seconds waited. More than there are at all are cut to all. */
  take(places: number, then: (waited: number) => void): void {
    this.line.push({ places: Math.min(places, this.limit), since: this.queue.now, then });
    this.serve();
  }

  give(places: number): void {
    this.change(-Math.min(places, this.limit));
    this.serve();
  }

  read(): LimitUse {
    return this.meter.read();
  }

  private serve(): void {
    for (let next = this.line[this.head]; next !== undefined; next = this.line[this.head]) {
      if (this.inUse + next.places > this.limit) break;
      this.head += 1;
      this.change(next.places);
      const waited = this.queue.now - next.since;
      this.meter.note(waited);
      next.then(waited);
    }
    if (this.head > 1024 && this.head * 2 > this.line.length) {
      this.line = this.line.slice(this.head);
      this.head = 0;
    }
  }

  private change(places: number): void {
    const { now } = this.queue;
    this.meter.used += this.inUse * (now - this.changedAt);
    this.changedAt = now;
    this.inUse += places;
    this.meter.mostAtOnce = Math.max(this.meter.mostAtOnce ?? 0, this.inUse);
  }
}
