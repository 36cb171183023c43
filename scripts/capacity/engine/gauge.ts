import type { EventQueue } from './event-queue';

/** How much of something is there: the most, the mean over time, and now. */
export class Gauge {
  private value = 0;
  private most = 0;
  private area = 0;
  private changedAt = 0;

  constructor(private readonly queue: EventQueue) {}

  add(amount: number): void {
    const { now } = this.queue;
    this.area += this.value * (now - this.changedAt);
    this.changedAt = now;
    this.value += amount;
    this.most = Math.max(this.most, this.value);
  }

  get now(): number {
    return this.value;
  }

  get maximum(): number {
    return this.most;
  }

  /** Over the time from the start to `end`, at which nothing may be left to change. */
  meanUntil(end: number): number {
    return end === 0 ? 0 : (this.area + this.value * Math.max(0, end - this.changedAt)) / end;
  }
}
