import { rounded } from '../measured-process';

/** What a piece of work gave, and its milliseconds. */
export async function measured<Answer>(work: () => Promise<Answer> | Answer): Promise<[Answer, number]> {
  const start = performance.now();
  const answer = await work();
  return [answer, rounded(performance.now() - start)];
}

/** Adds up how long parts of a piece of work take; what runs side by side counts once. */
export class PartTimes<Part extends string> {
  private readonly sums = new Map<Part, number>();
  private readonly running = new Map<Part, { count: number; since: number }>();

  async during<Answer>(part: Part, work: () => Promise<Answer>): Promise<Answer> {
    const run = this.running.get(part) ?? { count: 0, since: 0 };
    this.running.set(part, run);
    if (run.count === 0) run.since = performance.now();
    run.count += 1;
    try {
      return await work();
    } finally {
      run.count -= 1;
      if (run.count === 0) this.sums.set(part, (this.sums.get(part) ?? 0) + performance.now() - run.since);
    }
  }

  /** Milliseconds of a part since they were last taken. */
  take(part: Part): number {
    const sum = this.sums.get(part) ?? 0;
    this.sums.delete(part);
    return rounded(sum);
  }
}
