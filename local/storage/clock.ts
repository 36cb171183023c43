import type { Clock } from '../aws/service';

/** The time of day of this machine. */
export const systemClock: Clock = { now: () => new Date() };
