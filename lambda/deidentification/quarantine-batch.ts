import { type BatchCounts, countResults, type ResultStore } from './batch-results';
import type { Batch, FileResult } from './pipeline.contract';

export interface QuarantineBatchPorts {
  readonly results: Pick<ResultStore, 'read' | 'write'>;
}

/**
 * Ends a batch that failed beyond its retries: its files are quarantined as PROCESSING_FAILED where they lie, since
 * nobody can say whether their patients were cleared. A batch that has results keeps them.
 */
export async function quarantineBatch(ports: QuarantineBatchPorts, batch: Batch): Promise<BatchCounts> {
  const known = await ports.results.read(batch.submissionId, batch.batch);
  if (known !== null) return countResults(batch.batch, known);
  const results = batch.files.map(
    ({ ordinal }): FileResult => ({
      outcome: 'quarantined',
      ordinal,
      code: 'PROCESSING_FAILED',
      tagPath: null,
      held: 'landing',
    }),
  );
  return countResults(batch.batch, await ports.results.write(batch, results));
}
