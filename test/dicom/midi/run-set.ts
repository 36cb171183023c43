import { deidentifyInstance } from '../../../dicom/deidentify/deidentify-instance';
import { inPieces, testContext } from '../samples/engine';
import type { Mappings, ScoredInstance } from './score';
import { ScoredFile } from './scored-file';
import type { SyntheticSet } from './synthetic-set';

export interface EngineResult {
  readonly instances: readonly ScoredInstance[];
  readonly mappings: Mappings;
  /** Codes of instances that the engine refused, with their number. */
  readonly refused: Readonly<Record<string, number>>;
}

/** De-identifies a synthetic set by the engine itself, and says where the outputs are. */
export async function deidentifySet(set: SyntheticSet): Promise<EngineResult> {
  const context = await testContext({ collectMappings: true });
  const uids = new Map<string, string>();
  const patientIds = new Map<string, string>();
  const refused: Record<string, number> = {};
  const instances: ScoredInstance[] = [];
  for (const object of set.objects) {
    const chunks: Buffer[] = [];
    const sink = { write: (chunk: Buffer): void => void chunks.push(Buffer.from(chunk)) };
    const outcome = await deidentifyInstance(inPieces(object.bytes), sink, context);
    let open: ScoredInstance['open'] = () => null;
    if (outcome.outcome === 'deidentified') {
      const output = Buffer.concat(chunks);
      open = () => new ScoredFile(output);
      for (const [from, to] of outcome.instance.mappings?.uids ?? []) if (!uids.has(from)) uids.set(from, to);
      for (const [from, to] of outcome.instance.mappings?.patientIds ?? []) {
        if (!patientIds.has(from)) patientIds.set(from, to);
      }
    } else {
      const code = outcome.outcome === 'quarantined' ? outcome.code : outcome.outcome;
      refused[code] = (refused[code] ?? 0) + 1;
    }
    const { sopInstanceUid, seriesInstanceUid, studyInstanceUid, patientId } = object;
    instances.push({ sopInstanceUid, seriesInstanceUid, studyInstanceUid, patientId, open });
  }
  return { instances, mappings: { uids, patientIds }, refused };
}
