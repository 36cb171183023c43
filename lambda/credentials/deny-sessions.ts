import type { Clock } from '../platform/clock';
import type { RegisterTable } from '../register/register-table';
import { readRunningRevocations } from '../register/revocations';
import type { DenialPolicy } from './denial-policy';
import { type Coarseness, type RoleNames, revocationPolicy } from './revocation-policy.contract';

export interface DenySessionsPorts {
  readonly table: RegisterTable;
  readonly policy: DenialPolicy;
  readonly names: RoleNames;
  readonly clock: Clock;
}

export interface DenyOutcome {
  /** Revocations of which some session may still run. */
  readonly revocations: number;
  readonly coarseness: Coarseness;
  readonly characters: number;
  /** Version that was put in force; null: what stood there was right. */
  readonly version: string | null;
  /** From the latest revocation until the policy was in force; null where no revocation is new to it. */
  readonly seconds: number | null;
}

/**
 * Makes the policy on the roles of researchers say what the register says. One run at a time: a second that had read the
 * register before a revocation must not put its older document over the newer one.
 */
export async function denySessions(ports: DenySessionsPorts): Promise<DenyOutcome> {
  const { table, policy, names, clock } = ports;
  const running = await readRunningRevocations(table, clock.now());
  const built = revocationPolicy(running, clock.now(), names);
  const outcome = {
    revocations: built.revocations,
    coarseness: built.coarseness,
    characters: built.text.length,
  };
  const standing = await policy.read();
  if (standing.document === built.text) return { ...outcome, version: null, seconds: null };
  const version = await policy.replace(built.text);
  const latest = Math.max(0, ...running.map(({ at }) => Date.parse(at)));
  const isNew = latest > standing.since.getTime();
  const seconds = isNew ? (clock.now().getTime() - latest) / 1000 : null;
  return { ...outcome, version, seconds };
}
