/** Lets at most so many pieces of work run at the same time; the rest waits in order. */
export class ConcurrencyLimit {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#running >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/**
 * Does work for every index below `count`, at most `most` at the same time. The first failure ends it: no further
 * index is begun and the failure is thrown after `failed` was told, when the work under way has settled.
 */
export async function forEachIndex(
  count: number,
  most: number,
  work: (index: number) => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (!failure && next < count) {
      const index = next++;
      try {
        await work(index);
      } catch (error) {
        if (!failure) {
          failure = { error };
          failed(error);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, most) }, worker));
  if (failure) throw failure.error;
}
