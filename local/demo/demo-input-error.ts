/** What was given to the demonstration cannot be used; the message says what to do. */
export class DemoInputError extends Error {
  override readonly name = 'DemoInputError';
}
