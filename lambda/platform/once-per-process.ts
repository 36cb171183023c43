/** Calls `make` at the first use and keeps its result for the life of the process; a failure is not kept. */
export function oncePerProcess<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
