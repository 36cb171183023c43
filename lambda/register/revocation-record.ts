import * as z from 'zod';
import type { TransactionWrite } from '../platform/document-table';
import type { Fact } from './event.contract';
import type { RevocationReason } from './grant.contract';
import type { RepeatableRequest } from './idempotency';
import { instant, projectId, revocationId } from './identifiers.contract';
import { canaryKey, type RegisterTable } from './register-table';
import type { Revocation } from './revocation.contract';
import { refuseRevocation } from './revocation-refusals';
import { revocationWrites } from './revocations';
import type { RevocationAnswer } from './revoke-access.contract';

/** Who takes access away, why and when. */
export interface Cause {
  readonly by: string;
  readonly reason: RevocationReason;
  readonly at: Date;
}

/** What is told of a revocation before running sessions are denied. */
export type Recorded = Omit<RevocationAnswer, 'sessionsDenied'>;

export function recordedOf({ id, kind, at }: Revocation): Recorded {
  return { id, kind, at };
}

const resultOf = z.tuple([revocationId, instant]);

/** What remembers a revocation for a repetition of its request. */
export const resultName = ({ id, at }: Recorded): string => `${id} ${at}`;

/** What the same request has done before, or null. */
export async function earlierRevocation(
  table: RegisterTable,
  request: RepeatableRequest,
  kind: Recorded['kind'],
): Promise<Recorded | null> {
  const earlier = await request.earlierResult(table);
  if (earlier === null) return null;
  const [id, at] = resultOf.parse(earlier.split(' '));
  return { id, kind, at };
}

/** The writes and the event that revoke a canary with something else, or alone; nothing where none is asked for. */
export async function canaryWrites(
  table: RegisterTable,
  canary: string | undefined,
  { by, reason, at }: Cause,
): Promise<{ writes: readonly TransactionWrite[]; facts: readonly Fact[]; revocation: Revocation | null }> {
  if (canary === undefined) return { writes: [], facts: [], revocation: null };
  const found = await table.get(canaryKey(canary), z.object({ projectId }));
  if (found === null) throw refuseRevocation('CANARY_NOT_FOUND');
  const { revocation, writes } = revocationWrites(
    { kind: 'canary', projectId: found.projectId, grantId: canary, by, reason },
    at,
  );
  const fact: Fact = { type: 'canary-revoked', data: { revocationId: revocation.id, grantId: canary } };
  return { writes, facts: [fact], revocation };
}
