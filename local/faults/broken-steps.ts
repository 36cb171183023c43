/** Attempts that the state machine makes at a step: the first and three more. */
const attemptsOfStep = 4;

/**
 * Whether an invocation is that of a step which ends the execution where it fails beyond its retries: for a submission, for
 * no batch of files, not one that hands on a task token, and not the record of a failure.
 */
export function isStep(payload: string): boolean {
  try {
    const input = JSON.parse(payload) as Record<string, unknown>;
    return (
      typeof input.submissionId === 'string' && !('batch' in input || 'taskToken' in input || 'step' in input)
    );
  } catch {
    return false;
  }
}

/** Steps that fail in all of their attempts, each time when their work is done. */
export class BrokenSteps {
  private readonly left = new Map<string, number>();

  breakDown(functionName: string, payload: string): void {
    this.left.set(`${functionName} ${payload}`, attemptsOfStep);
  }

  /** Whether this attempt is to fail; counts it. */
  fails(functionName: string, payload: string): boolean {
    const step = `${functionName} ${payload}`;
    const left = this.left.get(step) ?? 0;
    if (left > 0) this.left.set(step, left - 1);
    return left > 0;
  }
}
