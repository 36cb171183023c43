/**
 * How long the steps take where nothing makes them wait. Nothing of it has been measured on AWS; each figure says where
 * it comes from.
 */
export const stageSeconds = {
  /** Reads manifest pages and a listing of 1,000 a request: a second, and about 2,000 entries a second. */
  plan: (files: number) => 1 + files / 2_000,
  /** The claims: 100,000 take about a minute (lambda/deidentification/claim-store.ts). */
  settle: (files: number) => 1 + files / 1_700,
  /** Reads the account of a job; its manifest may come a little after the event. */
  reconcile: 3,
  catalogue: (files: number, studies: number) => 1 + files / 5_000 + studies / 500,
  /** Mostly to find that no table was sent. */
  demographics: 1,
  /** Signature, and deletion of 1,000 landed versions a request. */
  receipt: (files: number) => 1 + files / 2_000,
  /** Deviation of the logarithm of the opt-out service's time, which the service gives as "hours". */
  clearanceSpread: 0.6,
  /** "About five minutes" a job whatever its size (lib/pipeline/definition.ts); the variation is a guess. */
  importMean: 300,
  importVariation: 0.3,
  /** A deletion runs on after it was asked for. */
  deleteImageSet: 10,
} as const;

export const engineAssumptions = {
  /**
   * Beside the files: the results and the plan are looked for, the results are written, the function is called. With
   * the seconds of a file, twelve slices take about a second, as lambda/deidentification/packs.ts says.
   */
  secondsABatch: 0.16,
  /**
   * Mostly waiting for S3 (a read and a write a file, four files at once). The engine itself needs 1.36 ms of a slice of
   * 0.53 MB: `npm run bench:engine -- --only ct`, one run, two cores of an AMD EPYC that others used too.
   */
  secondsAFile: 0.07,
  /** Of a file of 525 MB, `npm run bench` as told in the README; the network is slower. */
  engineBytesPerSecond: 440e6,
  /** 625 Mbps each way an environment (AWS). */
  networkBytesPerSecond: 625e6 / 8,
} as const;

/** Seconds that environments of deidentify-batch work on some files. */
export function deidentifySeconds(work: { files: number; bytes: number; batches: number }): number {
  const { secondsABatch, secondsAFile, engineBytesPerSecond, networkBytesPerSecond } = engineAssumptions;
  const transfer = work.bytes / Math.min(engineBytesPerSecond, networkBytesPerSecond);
  return work.batches * secondsABatch + Math.max(work.files * secondsAFile, transfer);
}
