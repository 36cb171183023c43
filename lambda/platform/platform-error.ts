/** What a refusal of the platform says: stable code, HTTP status, and what the caller can do. */
export interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly fix: string;
}

/** Codes and their refusals, one table a capability. */
export type RefusalTable = Readonly<Record<string, Refusal>>;

export interface RefusalDetails {
  /** What happened this time; names no value that could identify a patient. */
  readonly detail?: string;
  /** Members beside those of RFC 9457, e.g. `ordinals`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An error that the caller may see as it is. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly status: number;
  readonly title: string;
  readonly fix: string;
  readonly detail: string;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: string,
    refusal: Refusal,
    details: RefusalDetails = {},
  ) {
    super(code);
    this.status = refusal.status;
    this.title = refusal.title;
    this.fix = refusal.fix;
    this.detail = details.detail ?? refusal.title;
    this.extensions = details.extensions ?? {};
  }
}

/**
 * Makes the constructor of a capability's refusals from its table:
 * `const refuse = refusals(table); throw refuse('CODE', {detail})`.
 */
export function refusals<Table extends RefusalTable>(table: Table) {
  return (code: keyof Table & string, details?: RefusalDetails): PlatformError => {
    const refusal = table[code];
    if (refusal === undefined) throw new Error(`no refusal ${code}`);
    return new PlatformError(code, refusal, details);
  };
}

/** Those refusals of a table that have these codes. */
export function selectRefusals<Table extends RefusalTable, Code extends keyof Table & string>(
  table: Table,
  ...codes: readonly Code[]
): Pick<Table, Code> {
  return Object.fromEntries(codes.map((code) => [code, table[code]])) as Pick<Table, Code>;
}
