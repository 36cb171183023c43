import { forEachIndex } from './concurrency-limit';
import type { Branch } from './definition-schema';
import type { BranchRunner } from './interpreter';
import type { Json } from './payload-limits';
import { Interruption, StateError } from './state-error';
import { childController } from './timer';
import type { Frame } from './workflow';

/** A branch or iteration to run. */
export interface FrameTask {
  readonly branch: Branch;
  readonly input: Json;
  readonly mapItem?: Json;
}

/** What to tell about the frames, each after its own frame's last event. */
export interface FrameEvents {
  started(frame: Frame, index: number): void;
  succeeded(frame: Frame, index: number): void;
  failed(frame: Frame, index: number): void;
  aborted(frame: Frame, index: number): void;
}

/**
 * Runs iterations or branches side by side. Those that the journal knows as finished are not run again. The first one
 * that fails ends the others.
 * @param most at the same time
 * @returns the outputs in order
 */
export async function runFrames(
  parent: Frame,
  count: number,
  most: number,
  prepare: (index: number) => Promise<FrameTask>,
  events: FrameEvents | undefined,
  runBranch: BranchRunner,
): Promise<Json[]> {
  const { journal } = parent.workflow;
  const { controller, release } = childController(parent.signal);
  const outputs: Json[] = new Array(count);
  const runOne = async (index: number) => {
    const known = parent.childWorkflow(index).record;
    if (known?.outcome?.kind === 'succeeded') {
      outputs[index] = known.outcome.output;
      return;
    }
    const { branch, input, mapItem } = await prepare(index);
    const frame = parent.child(index, {
      signal: controller.signal,
      ...(mapItem === undefined ? {} : { mapItem }),
    });
    if (!known?.checkpoint) events?.started(frame, index);
    try {
      const output = await runBranch(branch, frame, input);
      outputs[index] = output;
      journal?.append({ kind: 'frame-end', path: frame.path, outcome: { kind: 'succeeded', output } });
      events?.succeeded(frame, index);
    } catch (thrown) {
      if (thrown instanceof StateError) {
        const { error, errorCause } = thrown;
        journal?.append({
          kind: 'frame-end',
          path: frame.path,
          outcome: { kind: 'failed', error, cause: errorCause },
        });
        events?.failed(frame, index);
      } else if (!(thrown instanceof Interruption && thrown.reason.kind === 'suspended')) {
        events?.aborted(frame, index);
      }
      throw thrown;
    }
  };
  try {
    await forEachIndex(count, most, runOne, () =>
      controller.abort(new Interruption({ kind: 'sibling-failed' })),
    );
    return outputs;
  } finally {
    release();
  }
}
