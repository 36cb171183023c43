interface Event {
  readonly time: number;
  readonly order: number;
  readonly action: () => void;
}

function isBefore(left: Event, right: Event): boolean {
  return left.time < right.time || (left.time === right.time && left.order < right.order);
}

/**
 * The clock of a simulation and what is still to happen, in a binary heap. Events of the same second happen in the order
 * in which they were scheduled, so that a run can be repeated exactly.
 */
export class EventQueue {
  private readonly heap: Event[] = [];
  private scheduled = 0;
  private clock = 0;

  /** Seconds since the start. */
  get now(): number {
    return this.clock;
  }

  get pending(): number {
    return this.heap.length;
  }

  /** @throws RangeError for a time that has passed */
  at(time: number, action: () => void): void {
    if (!(time >= this.clock)) throw new RangeError(`${time} s is before ${this.clock} s`);
    this.heap.push({ time, order: this.scheduled++, action });
    this.rise(this.heap.length - 1);
  }

  after(seconds: number, action: () => void): void {
    this.at(this.clock + seconds, action);
  }

  /** Lets everything happen, and what follows from it, until nothing is left. */
  run(): void {
    for (let event = this.take(); event !== undefined; event = this.take()) {
      this.clock = event.time;
      event.action();
    }
  }

  private take(): Event | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined || this.heap.length === 0) return first;
    this.heap[0] = last;
    this.sink(0);
    return first;
  }

  private rise(from: number): void {
    const { heap } = this;
    const event = heap[from] as Event;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Event;
      if (!isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  private sink(from: number): void {
    const { heap } = this;
    const event = heap[from] as Event;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, event)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = event;
  }
}
