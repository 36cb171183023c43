import { batchLimits, packLimits } from '../../../lambda/deidentification/packs';
import type { PipelineShape } from '../pipeline-shape';
import { deidentifySeconds } from '../stage-seconds';
import { batchesPerProcess, billedBytes, compressedShare } from './assumptions';
import { type CostLine, ingestCost, laterCost, scanningCost, sum } from './cost-lines';
import type { Work } from './demands';
import { prices } from './prices';

/** A study whose price is asked for, and the most it may cost. */
export interface Example {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly series: number;
  readonly targetUsd: number;
}

export const examples: readonly Example[] = [
  {
    name: 'CT of 500 slices and 250 MB in four series',
    files: 500,
    bytes: 250e6,
    series: 4,
    targetUsd: 0.03,
  },
  { name: 'X-ray of 15 MB', files: 1, bytes: 15e6, series: 1, targetUsd: 0.003 },
];

/** Studies of a submission between which its own cost is divided, in the usual case. */
export const studiesTogether = 50;

/** Data stores, each of which takes a job of its own of a full pack. */
const SPLITS = 2;

/**
 * The work of one study: alone in a submission, where every function is started for it, or among others like it, where
 * it bears its share of submission, packs and environments.
 */
export function workOf(
  { files, bytes, series }: Example,
  alone: boolean,
  share: number = compressedShare,
): Work {
  const filesPerBatch = Math.min(batchLimits.files, Math.floor(batchLimits.bytes / (bytes / files)));
  const batches = alone ? Math.ceil(files / filesPerBatch) : files / filesPerBatch;
  const packs = Math.max(files / packLimits.files, bytes / packLimits.bytes);
  return {
    submissions: alone ? 1 : 1 / studiesTogether,
    studies: 1,
    files,
    bytes,
    batches,
    // among others a pack holds both splits and is part full, so at least one job a split and submission
    jobs: alone ? Math.ceil(packs) : SPLITS * Math.max(packs, 1 / studiesTogether),
    deidentifySeconds: deidentifySeconds({ files, bytes, batches }),
    processStarts: alone ? batches : batches / batchesPerProcess,
    billedBytes: series * billedBytes(bytes / series, share),
  };
}

export interface ExampleCost {
  readonly example: Example;
  readonly alone: boolean;
  readonly lines: readonly CostLine[];
  readonly usd: number;
  readonly met: boolean;
  /** The same if HealthImaging could not compress at all. */
  readonly uncompressedUsd: number;
  readonly uncompressedMet: boolean;
  /** The largest share of its bytes that HealthImaging may bill for the target to be met; floors apart. */
  readonly mostCompressedShare: number;
  readonly scanning: readonly CostLine[];
  readonly later: { readonly once: readonly CostLine[]; readonly monthly: readonly CostLine[] };
  /** If AWS counts the start of each Express child as a Standard transition too, which its price page leaves open. */
  readonly childTransitionsUsd: number;
}

/** Ingest and first month of an example, and whether that is within its target. */
export function costOf(example: Example, alone: boolean, shape: PipelineShape): ExampleCost {
  const work = workOf(example, alone);
  const lines = ingestCost(work, shape);
  const usd = sum(lines);
  const rest = sum(lines.filter(({ part }) => part !== 'HealthImaging'));
  const uncompressedUsd = sum(ingestCost(workOf(example, alone, 1), shape));
  return {
    example,
    alone,
    lines,
    usd,
    met: usd <= example.targetUsd,
    uncompressedUsd,
    uncompressedMet: uncompressedUsd <= example.targetUsd,
    scanning: scanningCost(work),
    later: laterCost(work),
    childTransitionsUsd: work.batches * prices.stateTransition.usd,
    mostCompressedShare: Math.max(0, (example.targetUsd - rest) / (uncompressedUsd - rest)),
  };
}
