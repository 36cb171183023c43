import { setTimeout as sleep } from 'node:timers/promises';
import { CANARY_CHAIN } from '../register/event.contract';
import { type Chain, changeRegister } from '../register/register-change';
import { CANARY_PARTITION } from '../register/register-table';
import { canaryWrites } from '../register/revocation-record';
import { type Canary, openCanary } from './canary';
import { ALLOWED_STATUS, type CanarySession, DENIED_STATUS } from './canary.contract';
import type { CanaryReader } from './canary-reader';
import type { SessionDenier } from './session-denier';

/** A chain of its own: who measures has no right to the platform's, beside which stands what is shut. */
export const canaryChain: Chain = { partition: CANARY_PARTITION, name: CANARY_CHAIN };

export interface CanaryRun {
  readonly canary: Canary;
  readonly denier: SessionDenier;
  readonly read: CanaryReader;
  readonly waits: CanaryWaits;
}

/** All in milliseconds. */
export interface CanaryWaits {
  readonly between: number;
  /** A new session may be refused for some seconds, until its role's policies are known everywhere. */
  readonly allowed: number;
  readonly denied: number;
}

export const canaryWaits: CanaryWaits = { between: 100, allowed: 60_000, denied: 300_000 };

export type CanaryResult =
  | { readonly outcome: 'denied'; readonly seconds: number }
  /** `NOT_ALLOWED`: the session never worked, so nothing could be measured. `NOT_DENIED`: it still works. */
  | { readonly outcome: 'failed'; readonly code: 'NOT_ALLOWED' | 'NOT_DENIED' };

/** Reads until the answer is `status`; whether it came in time. */
async function readUntil(
  run: CanaryRun,
  session: CanarySession,
  status: number,
  wait: number,
): Promise<boolean> {
  const started = performance.now();
  while (performance.now() - started < wait) {
    const answer = await run.read(session, run.canary.clock.now()).catch(() => null);
    if (answer === status) return true;
    await sleep(run.waits.between);
  }
  return false;
}

/**
 * Revokes a session that reads nothing, by the way that every revocation goes (the register's transaction, deny-sessions,
 * IAM), and measures from before the transaction to its first read that is denied.
 */
export async function runCanary(run: CanaryRun): Promise<CanaryResult> {
  const { canary, denier, waits } = run;
  const session = await openCanary(canary);
  if (!(await readUntil(run, session, ALLOWED_STATUS, waits.allowed)))
    return { outcome: 'failed', code: 'NOT_ALLOWED' };
  const started = performance.now();
  await changeRegister<null>(canary.table, canaryChain, async () => {
    const at = canary.clock.now();
    const by = 'schedule';
    const { writes, facts } = await canaryWrites(canary.table, session.grantId, {
      by,
      reason: 'other',
      at,
    });
    const [fact] = facts;
    if (fact === undefined) throw new Error('a canary is revoked by one event');
    return { writes, facts: [fact], actor: by, at, result: null };
  });
  const [denied] = await Promise.all([readUntil(run, session, DENIED_STATUS, waits.denied), denier.deny()]);
  if (!denied) return { outcome: 'failed', code: 'NOT_DENIED' };
  return { outcome: 'denied', seconds: (performance.now() - started) / 1000 };
}
