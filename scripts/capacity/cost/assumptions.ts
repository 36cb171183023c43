/**
 * Share of a file's bytes that HealthImaging bills after its lossless compression (HTJ2K). Nothing has been measured: 16-bit
 * CT commonly halves, an image that was compressed before does not shrink. The cost of a CT hangs on it.
 */
export const compressedShare = 0.45;

/** HealthImaging bills an image set as this much at least. */
export const leastBilledBytes = 5e6;

/** Hours for which a file as sent stands in landing, from its upload to the receipt. */
export const landingHours = 12;

/** Batches that one environment of deidentify-batch serves before it ends, in steady traffic. */
export const batchesPerProcess = 10;

/** Memory of functions in MiB, as lib/pipeline/pipeline-functions.ts and lib/stacks/api-stack.ts set it. */
export const memory = { deidentify: 3538, list: 1769, short: 256 } as const;

/** Bytes that HealthImaging bills for one image set. */
export function billedBytes(bytes: number, share: number = compressedShare): number {
  return Math.max(leastBilledBytes, bytes * share);
}
