/** Bytes of one file or part as they go out, so that what is sent again counts once. */
export class SentBytes {
  private counted = 0;

  constructor(private readonly tell: (bytes: number) => void) {}

  readonly add = (bytes: number): void => {
    this.counted += bytes;
    this.tell(bytes);
  };

  /** The attempt failed: what it sent does not count. */
  reset(): void {
    this.settle(0);
  }

  /** In the end so many bytes are received, whoever sent them. */
  settle(bytes: number): void {
    const difference = bytes - this.counted;
    this.counted = bytes;
    if (difference !== 0) this.tell(difference);
  }
}
