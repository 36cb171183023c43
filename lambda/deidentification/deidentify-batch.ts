import { boundedMap } from '../platform/bounded-map';
import { RememberingGate } from '../withdrawal/submission-gate';
import { type BatchCounts, countResults, type ResultStore } from './batch-results';
import { type DeidentifyFilePorts, deidentifyFile } from './deidentify-file';
import type { Batch } from './pipeline.contract';
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
  const prepared = await ports.prepare(plan);
  const filePorts = { ...prepared, gate: new RememberingGate(prepared.gate) };
  const results = await boundedMap(batch.files, filesAtOnce, (entry) =>
    deidentifyFile(filePorts, { submissionId, trust: plan.trust, pack, entry }),
  );
  return countResults(batch.batch, await ports.results.write(batch, results));
}
