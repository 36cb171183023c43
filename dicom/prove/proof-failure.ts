/** Something identifying stands in an output, or the output is not what a reader expects. Names the place, no value. */
export class ProofFailure extends Error {
  constructor(readonly tagPath: string | null) {
    super(tagPath === null ? 'proof failed' : `proof failed at ${tagPath}`);
    this.name = 'ProofFailure';
  }
}
