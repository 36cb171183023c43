/** Attempts at one batch that faults may strike; the state machine makes two more. */
const struckAttempts = 3;

/** The batch that an invocation is for; null for any other invocation. */
function batchOf(payload: string): string | null {
  try {
    const { submissionId, batch } = JSON.parse(payload) as { submissionId?: unknown; batch?: unknown };
    return typeof submissionId === 'string' && typeof batch === 'string' ? `${submissionId} ${batch}` : null;
  } catch {
    return null;
  }
}

/**
 * Leaves a batch alone that faults have struck several times: a batch that fails beyond its retries ends in quarantine by
 * design, and no operator runs it again. All other steps may be struck until their execution stops.
 */
export class SparedBatches {
  private readonly attempts = new Map<string, number>();
  private readonly spared = new Set<string>();

  /** Whether the next attempt of an invocation is to be left alone. */
  isWornOut(payload: string): boolean {
    const batch = batchOf(payload);
    return batch !== null && (this.attempts.get(batch) ?? 0) >= struckAttempts;
  }

  /** Whether the process with these credentials works on a batch that is left alone. */
  isSpared(accessKeyId: string): boolean {
    return this.spared.has(accessKeyId);
  }

  began(payload: string, accessKeyId: string): void {
    const batch = batchOf(payload);
    if (batch === null) return;
    if (this.isWornOut(payload)) this.spared.add(accessKeyId);
    this.attempts.set(batch, (this.attempts.get(batch) ?? 0) + 1);
  }

  ended(accessKeyId: string): void {
    this.spared.delete(accessKeyId);
  }
}
