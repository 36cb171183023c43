import { secondsAfter } from '../platform/clock';
import { absent, type TransactionWrite } from '../platform/document-table';
import { newId } from '../platform/ids';
import type { Grant } from './grant.contract';
import type { Project } from './project.contract';
import { REVOCATIONS_PARTITION, type RegisterTable, revocationKey } from './register-table';
import { DENIED_SECONDS, type Revocation, revocation } from './revocation.contract';

type WithoutPlace<Each> = Each extends Revocation ? Omit<Each, 'id' | 'at' | 'expiresAt'> : never;

/** What was revoked, by whom and why. */
export type Revoked = WithoutPlace<Revocation>;

/** What makes the platform deny running sessions, for the transaction that takes their access away. */
export interface RevocationWrites {
  readonly revocation: Revocation;
  readonly writes: readonly TransactionWrite[];
}

/**
 * The record of a revocation, to be written in the transaction of the change itself. Whoever adds it to theirs has
 * deny-sessions called afterwards; within a minute it runs by itself.
 *
 * @param at the time of the change; no earlier than the last issue that the transaction has seen
 */
export function revocationWrites(revoked: Revoked, at: Date): RevocationWrites {
  const made: Revocation = revocation.parse({
    ...revoked,
    id: newId('v', { now: () => at }),
    at: at.toISOString(),
    expiresAt: secondsAfter(at, DENIED_SECONDS).toISOString(),
  });
  return { revocation: made, writes: [{ put: { ...revocationKey(made), ...made }, condition: absent }] };
}

/** Arcs of all grants that a project ever had. */
export function arcsOf(project: { readonly grants: readonly Pick<Grant, 'arc'>[] }): number[] {
  return [...new Set(project.grants.map(({ arc }) => arc))];
}

/** Grants of a project that were superseded so lately that sessions cut from them may still run. */
function latelySuperseded({ grants }: Pick<Project, 'grants'>, now: Date): Grant[] {
  const from = secondsAfter(now, -DENIED_SECONDS).toISOString();
  return grants.filter((each) => each.status === 'superseded' && each.supersededAt > from);
}

/**
 * The record of a grant's revocation, and with it those of the grants whose place it took lately: an amendment that takes
 * nothing away leaves their sessions running, so that what ends the later grant must end these too.
 *
 * @param at as of `revocationWrites`
 */
export function grantRevocationWrites(
  project: Pick<Project, 'id' | 'grants'>,
  grantId: string,
  { by, reason }: Pick<Revocation, 'by' | 'reason'>,
  at: Date,
): RevocationWrites {
  const revoke = (id: string) =>
    revocationWrites(
      { kind: 'grant', projectId: project.id, grantId: id, arcs: arcsOf(project), by, reason },
      at,
    );
  const { revocation, writes } = revoke(grantId);
  const earlier = latelySuperseded(project, at).flatMap(({ id }) => revoke(id).writes);
  return { revocation, writes: [...writes, ...earlier] };
}

/** Revocations of which some session may still be running. */
export async function readRunningRevocations(table: RegisterTable, now: Date): Promise<Revocation[]> {
  // One is in force for DENIED_SECONDS, so those from before have none left.
  const from = secondsAfter(now, -DENIED_SECONDS).toISOString();
  const found = await table.queryAll({ pk: REVOCATIONS_PARTITION, skFrom: from }, revocation);
  return found.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime());
}

/** A project without one of its members; the membership's own record says what became of it. */
export function withoutMember(project: Project, subject: string): Project {
  return {
    ...project,
    members: project.members.filter((each) => each !== subject),
    version: project.version + 1,
  };
}
