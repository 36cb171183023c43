/** A file that HealthImaging cannot import: the sender's error, reported in the job's output. */
export class UnreadableFile extends Error {
  constructor(
    message: string,
    readonly exceptionType = 'ValidationException',
  ) {
    super(message);
    this.name = 'UnreadableFile';
  }
}
