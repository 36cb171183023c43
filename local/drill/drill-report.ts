import type { InjectedFault } from '../faults/fault-injector';
import type { FoundLeak } from './leak-rules';
import type { Findings } from './verdict';

/** What a drill prints, one object. */
export interface DrillSummary {
  readonly seed: string;
  readonly files: number;
  /** Files by outcome, of all receipts. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Files without exactly one end, or whose image is not where an imported one has to be. */
  readonly lost: number;
  /** What is there twice: rows, instances, staged files. */
  readonly doubled: number;
  /** Bytes of a patient where they may not be, at any moment or at the end. */
  readonly leaks: number;
  /** Whatever else is not as it has to be. */
  readonly wrong: number;
  /** Receipts that were there, verified and balanced, of so many submissions. */
  readonly receipts: number;
  readonly submissions: number;
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  /** Of the platform's process. */
  readonly restarts: number;
  /** Executions that the operator started anew. */
  readonly redriven: number;
  readonly seconds: number;
}

/** What became of one submission. */
export interface SubmissionReport {
  readonly index: number;
  readonly trust: string;
  readonly by: string;
  readonly id: string | null;
  readonly files: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** What `--report` writes. */
export interface DrillReport {
  readonly summary: DrillSummary;
  readonly submissions: readonly SubmissionReport[];
  readonly findings: Findings;
  readonly leaks: readonly FoundLeak[];
  /** In the order in which they struck; those of clients and of the opt-out service are counted in the summary alone. */
  readonly platformFaults: readonly InjectedFault[];
}

/** Whether nothing was lost, doubled or leaked and everything adds up. */
export function isClean({ lost, doubled, leaks, wrong, receipts, submissions }: DrillSummary): boolean {
  return lost + doubled + leaks + wrong === 0 && receipts === submissions;
}

/** How many there are of each. */
export function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
