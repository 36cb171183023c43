import {
  type DeidentificationContext,
  deidentifyInstance,
} from '../../../dicom/deidentify/deidentify-instance';
import type { DeidentificationOutcome } from '../../../dicom/deidentify/outcome';
import { inPieces } from '../samples/engine';
import type { FuzzInput } from './make-input';
import { identifiersOf, withoutPixels } from './source-identifiers';

/** What is wrong with how the engine took an input. `hang` and `crash` are seen from outside the process. */
export type FindingKind =
  | 'thrown'
  | 'processing-failed'
  | 'slow'
  | 'memory'
  | 'unreadable-output'
  | 'leak'
  | 'not-deterministic'
  | 'hang'
  | 'crash';

export interface Judgement {
  /** `deidentified`, or the code under which the input was refused. */
  readonly fate: string;
  readonly finding: FindingKind | null;
}

/** Processor time that one input may take. The largest inputs are 2 MB; inflating to a limit takes longest. */
export const secondsPerInput = 2;

interface Run {
  readonly outcome: DeidentificationOutcome;
  readonly output: Buffer;
}

async function run(bytes: Buffer, pieceSize: number, context: DeidentificationContext): Promise<Run> {
  const chunks: Buffer[] = [];
  const sink = { write: (chunk: Buffer): void => void chunks.push(Buffer.from(chunk)) };
  const outcome = await deidentifyInstance(inPieces(bytes, pieceSize), sink, context);
  return { outcome, output: Buffer.concat(chunks) };
}

/** Searches an output, without the engine's code, for what its source held at the places of identifiers. */
function judgeOutput(source: Buffer, output: Buffer): FindingKind | null {
  const readable = withoutPixels(output);
  if (readable === null) return 'unreadable-output';
  const text = readable.toString('latin1').toLowerCase();
  return identifiersOf(source).some((identifier) => text.includes(identifier.toLowerCase())) ? 'leak' : null;
}

/** Runs the engine on an input and says what is wrong with the result. `again`: also compare with a second run. */
export async function judgeInput(
  input: FuzzInput,
  context: DeidentificationContext,
  again: boolean,
): Promise<Judgement> {
  const before = process.cpuUsage();
  let result: Run;
  try {
    result = await run(input.bytes, input.pieceSize, context);
  } catch {
    return { fate: 'thrown', finding: 'thrown' };
  }
  const used = process.cpuUsage(before);
  const { outcome, output } = result;
  const fate = outcome.outcome === 'quarantined' ? outcome.code : outcome.outcome;
  if ((used.user + used.system) / 1e6 > secondsPerInput) return { fate, finding: 'slow' };
  if (fate === 'PROCESSING_FAILED') return { fate, finding: 'processing-failed' };
  if (again) {
    const second = await run(input.bytes, 64 * 1024, context);
    const same =
      JSON.stringify(second.outcome) === JSON.stringify(outcome) &&
      (outcome.outcome !== 'deidentified' || second.output.equals(output));
    if (!same) return { fate, finding: 'not-deterministic' };
  }
  return { fate, finding: outcome.outcome === 'deidentified' ? judgeOutput(input.bytes, output) : null };
}
