import type { PlatformControl } from './platform-control';

/** A second more than upload URLs last. */
const beyondUrlsMilliseconds = 901_000;

/**
 * Lets the time pass that upload URLs last, once, when all clients have theirs which are to see them expire. Nobody
 * completes a submission before: a quarter of an hour is longer than answers of the opt-out service may take here.
 */
export class UrlExpiry {
  private arrived = 0;
  private readonly passed: Promise<void>;
  private pass: () => void = () => undefined;

  /** @param clients how many will wait */
  constructor(
    private readonly clients: number,
    private readonly control: Pick<PlatformControl, 'order'>,
  ) {
    this.passed = new Promise((resolve) => {
      this.pass = resolve;
    });
    if (clients === 0) this.pass();
  }

  /** Resolves when the time has passed. */
  get over(): Promise<void> {
    return this.passed;
  }

  /** Called by each client once; others may give up theirs by calling it too. */
  async arrive(): Promise<void> {
    this.arrived += 1;
    if (this.arrived === this.clients) {
      await this.control.order({ do: 'pass-time', milliseconds: beyondUrlsMilliseconds });
      this.pass();
    }
    await this.passed;
  }
}
