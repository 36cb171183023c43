import type { QuarantineCode } from '../quarantine/quarantine-codes';

/** The file cannot be read safely. Carries a code and a place, never a value. */
export class ReadRefusal extends Error {
  constructor(
    readonly code: QuarantineCode,
    readonly tagPath: string | null = null,
  ) {
    super(tagPath === null ? code : `${code} at ${tagPath}`);
    this.name = 'ReadRefusal';
  }
}
