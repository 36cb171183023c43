import type { Clock } from '../aws/service';
import type { Throttle } from './rest-api-definition';

/** A token bucket: `burst` requests at once, refilled at `rate` a second. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly throttle: Throttle,
    private readonly clock: Clock,
  ) {
    this.tokens = throttle.burst;
    this.filledAt = clock.now().getTime();
  }

  /** Takes a token; false where there is none. */
  take(): boolean {
    const now = this.clock.now().getTime();
    const refilled = ((now - this.filledAt) / 1000) * this.throttle.rate;
    this.tokens = Math.min(this.throttle.burst, this.tokens + refilled);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
