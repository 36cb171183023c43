import type { QuarantineCode } from './quarantine-codes';

/** The instance is quarantined: thrown inside the engine, turned into an outcome at its edge. */
export class Quarantine extends Error {
  constructor(
    readonly code: QuarantineCode,
    readonly tagPath: string | null = null,
  ) {
    super(tagPath === null ? code : `${code} at ${tagPath}`);
    this.name = 'Quarantine';
  }
}
