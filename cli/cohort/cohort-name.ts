import { cohortId } from '../../lambda/register/identifiers.contract';
import { CommandError, exitCode } from '../terminal/exit-code';

/** A version of a cohort as people name it. */
export interface NamedVersion {
  readonly id: string;
  /** Null: the last one. */
  readonly version: number | null;
}

/**
 * Reads `k-…` or `k-…@v2`.
 * @throws CommandError (exit 2)
 */
export function readCohortName(text: string): NamedVersion {
  const [, id, number] = /^(k-[^@]*)(?:@v([1-9]\d{0,3}))?$/.exec(text) ?? [];
  if (id === undefined || !cohortId.safeParse(id).success)
    throw new CommandError(`${text.slice(0, 80)} is not a cohort.`, exitCode.usage, {
      code: 'NOT_A_COHORT',
      fix: 'Write k-… for its last version, or k-…@v2 for its second. `nmip cohort list --project p-…` lists them.',
    });
  return { id, version: number === undefined ? null : Number(number) };
}
