import type { Batch, BatchFile } from './pipeline.contract';

/** What one import job or one invocation takes at most. */
export interface Limits {
  readonly files: number;
  readonly bytes: number;
}

/**
 * HealthImaging takes 5,000 files and 10 GB a job; a tenth is kept free because a cleaned file may be larger than it
 * came. Where that is not enough, Settle cuts the pack (import-cuts.ts).
 */
export const packLimits: Limits = { files: 4_500, bytes: 9_000_000_000 };

/**
 * Twelve slices of a CT take about a second, so a retry repeats little and a crash strands few; 64 MB cross a function's
 * network (625 Mbps each way) in about two.
 */
export const batchLimits: Limits = { files: 12, bytes: 64_000_000 };

/** How files are handled that a function would take long over. */
export interface LargeFileRule {
  /** A file above this many bytes is a large one. */
  readonly bytes: number;
  /** `fargate`: in a container of its own; `refuse`: quarantined as TOO_LARGE. */
  readonly branch: 'fargate' | 'refuse';
}

/** Whether a batch holds a large file; by `limitsBeside` it then holds nothing else. */
export function isLargeBatch(batch: Batch, rule: LargeFileRule): boolean {
  return batch.files.some(({ bytes }) => bytes > rule.bytes);
}

/** Limits of batches under which a large file is a batch of its own. */
export function limitsBeside(rule: LargeFileRule, limits: Limits = batchLimits): Limits {
  return { ...limits, bytes: Math.min(limits.bytes, rule.bytes) };
}

/** What decides in which pack a file goes. */
type PackedFile = Pick<BatchFile, 'ordinal' | 'group' | 'bytes'>;

export interface Pack<File = BatchFile> {
  /** `p-` and four digits. */
  readonly pack: string;
  readonly files: readonly File[];
}

/** Name of a pack by its number, from 1. */
export function packName(number: number): string {
  return `p-${String(number).padStart(4, '0')}`;
}

function groupsInOrder<File extends PackedFile>(files: readonly File[]): File[][] {
  const groups = new Map<number, File[]>();
  for (const file of [...files].sort((left, right) => left.ordinal - right.ordinal)) {
    const group = groups.get(file.group);
    if (group === undefined) groups.set(file.group, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

/** Cuts files, in their order, into runs within the limits; a file above the limit of bytes is a run of its own. */
function cutRuns<File extends PackedFile>(files: readonly File[], limits: Limits): File[][] {
  const runs: File[][] = [];
  let run: File[] = [];
  let bytes = 0;
  for (const file of files) {
    if (run.length > 0 && (run.length === limits.files || bytes + file.bytes > limits.bytes)) {
      runs.push(run);
      run = [];
      bytes = 0;
    }
    run.push(file);
    bytes += file.bytes;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

/**
 * Puts whole groups into packs, in order of each group's first ordinal. Only a group that exceeds the limits by itself
 * is cut, into packs that hold nothing else. The same files give the same packs.
 */
export function planPacks<File extends PackedFile>(
  files: readonly File[],
  limits: Limits = packLimits,
): Pack<File>[] {
  const packs: File[][] = [];
  let open: File[] = [];
  let openBytes = 0;
  const close = () => {
    if (open.length > 0) packs.push(open);
    open = [];
    openBytes = 0;
  };
  for (const group of groupsInOrder(files)) {
    const bytes = group.reduce((sum, file) => sum + file.bytes, 0);
    if (group.length > limits.files || bytes > limits.bytes) {
      close();
      packs.push(...cutRuns(group, limits));
      continue;
    }
    if (open.length + group.length > limits.files || openBytes + bytes > limits.bytes) close();
    open.push(...group);
    openBytes += bytes;
  }
  close();
  return packs.map((pack, index) => ({ pack: packName(index + 1), files: pack }));
}

/** Cuts packs into batches, numbered through the submission. */
export function planBatches(
  submissionId: string,
  packs: readonly Pack[],
  limits: Limits = batchLimits,
): Batch[] {
  return packs
    .flatMap(({ pack, files }) => cutRuns(files, limits).map((run) => ({ pack, files: run })))
    .map(({ pack, files }, index) => ({
      submissionId,
      batch: `b-${String(index + 1).padStart(6, '0')}`,
      pack,
      files,
    }));
}
