import { type FaultKind, faultKinds, kindNames } from './fault-kinds';
import { SeededDraws } from './seeded-draws';

/** A fault to come. */
export interface PlannedFault {
  /** From 1, in order. */
  readonly number: number;
  readonly kind: FaultKind;
  /** Requests, of any kind, that pass before it waits for the next that it can strike. */
  readonly afterRequests: number;
  /** A number from 0 to below 1 for what else is to be chosen: how far the clock jumps, which side of a write. */
  readonly choice: number;
}

/**
 * Faults for a drill, the same for the same seed.
 * @param requests how many requests the drill is expected to make: faults are spread over the first two thirds
 */
export function planFaults(seed: string, count: number, requests: number): PlannedFault[] {
  const draws = new SeededDraws(seed, 'faults');
  const drawn = new Map<FaultKind, number>();
  const mayDraw = (kind: FaultKind): boolean => {
    const { mostPerThousand } = faultKinds[kind] as { mostPerThousand?: number };
    if (mostPerThousand === undefined) return true;
    return (drawn.get(kind) ?? 0) < Math.max(1, Math.round((mostPerThousand * count) / 1000));
  };
  const mostGap = Math.max(1, Math.floor((((2 / 3) * requests) / Math.max(1, count)) * 2));
  return Array.from({ length: count }, (_, index) => {
    const pool = kindNames.filter(mayDraw);
    const weights = pool.map((kind) => faultKinds[kind].weight);
    let rest = draws.fraction() * weights.reduce((sum, weight) => sum + weight, 0);
    const at = weights.findIndex((weight) => {
      rest -= weight;
      return rest < 0;
    });
    const kind = pool[Math.max(0, at)] ?? 's3-slow-down';
    drawn.set(kind, (drawn.get(kind) ?? 0) + 1);
    return {
      number: index + 1,
      kind,
      afterRequests: draws.between(0, mostGap - 1),
      choice: draws.fraction(),
    };
  });
}
