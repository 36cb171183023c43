/** A policy of the app cannot be read whole, so nothing is said about it. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';

  constructor(
    readonly place: string,
    readonly reason: string,
  ) {
    super(`The policy of ${place} is refused: ${reason}.`);
  }
}
