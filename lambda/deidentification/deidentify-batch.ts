import { boundedMap } from '../platform/bounded-map';
import type { SubmissionGate } from '../withdrawal/submission-gate';
import { type BatchCounts, countResults, type ResultStore } from './batch-results';
import { type DeidentifyFilePorts, deidentifyFile } from './deidentify-file';
import type { Batch, FileResult } from './pipeline.contract';
import type { Plan } from './plan.contract';

/**
 * Files of a batch under way at once: while one waits for S3 another is worked on; more would only take memory (16 MB
 * of output each).
 */
const filesAtOnce = 4;

export interface DeidentifyBatchPorts {
  readonly results: Pick<ResultStore, 'readPlan' | 'read' | 'write'>;
  /** Engine, admission and buckets for the trust and collection of a submission. */
  readonly prepare: (plan: Plan) => Promise<DeidentifyFilePorts>;
}

/**
 * De-identifies the files of a batch and leaves one result each, all in one object, last: files of a withdrawn patient,
 * study or trust are withheld. A batch that has results is left as it is.
 */
export async function deidentifyBatch(ports: DeidentifyBatchPorts, batch: Batch): Promise<BatchCounts> {
  const { submissionId, pack } = batch;
  const known = await ports.results.read(submissionId, batch.batch);
  if (known !== null) return countResults(batch.batch, known);
  const plan = await ports.results.readPlan(submissionId);
  const filePorts = await ports.prepare(plan);
  const results = await boundedMap(batch.files, filesAtOnce, (entry) =>
    deidentifyFile(filePorts, { submissionId, trust: plan.trust, pack, entry }),
  );
  const kept = await withholdWithdrawn(filePorts.gate, results);
  return countResults(batch.batch, await ports.results.write(batch, kept));
}

/** Results in which the staged files of withdrawn patients, studies and trusts are withheld; Settle removes the output. */
async function withholdWithdrawn(
  gate: SubmissionGate,
  results: readonly FileResult[],
): Promise<FileResult[]> {
  const withdrawn = await gate.admitStudies(results.filter((result) => result.outcome === 'staged'));
  return results.map((result) =>
    result.outcome === 'staged' && withdrawn.covers(result)
      ? { outcome: 'withheld', ordinal: result.ordinal }
      : result,
  );
}
