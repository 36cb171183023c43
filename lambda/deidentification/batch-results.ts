import { workKeys } from '../platform/object-keys';
import { type ObjectStore, readJson, requireJson, writeJson } from '../platform/object-store';
import type { Batch, FileResult } from './pipeline.contract';
import { batchResults, type Plan, plan } from './plan.contract';

/**
 * What a step of the Distributed Map answers: counts only, and none from which the number of withheld files follows. A
 * batch may be of one patient.
 */
export interface BatchCounts {
  readonly batch: string;
  readonly files: number;
  readonly quarantined: number;
  readonly missing: number;
}

/** Counts the results of a batch by outcome. */
export function countResults(batch: string, results: readonly FileResult[]): BatchCounts {
  const count = (outcome: FileResult['outcome']) =>
    results.filter((result) => result.outcome === outcome).length;
  return {
    batch,
    files: results.length,
    quarantined: count('quarantined'),
    missing: count('missing'),
  };
}

/** Plan and results of a submission in the work bucket. */
export class ResultStore {
  constructor(
    private readonly objects: Pick<ObjectStore, 'readText' | 'put'>,
    private readonly workBucket: string,
  ) {}

  readPlan(submissionId: string): Promise<Plan> {
    return requireJson(this.objects, { bucket: this.workBucket, key: workKeys.plan(submissionId) }, plan);
  }

  /** Results of a batch (or of `plan`), null where there are none yet. */
  read(submissionId: string, batch: string): Promise<FileResult[] | null> {
    return readJson(this.objects, this.place(submissionId, batch), batchResults);
  }

  /**
   * Writes the results of a batch unless another run was first, and gives those that stand: a slow run that comes in
   * after its successor changes nothing.
   */
  async write({ submissionId, batch }: Batch, results: readonly FileResult[]): Promise<FileResult[]> {
    const written = await writeJson(this.objects, this.place(submissionId, batch), results, {
      onlyIfAbsent: true,
    });
    return written ? [...results] : requireJson(this.objects, this.place(submissionId, batch), batchResults);
  }

  private place(submissionId: string, batch: string) {
    return { bucket: this.workBucket, key: workKeys.results(submissionId, batch) };
  }
}
