import { createHash } from 'node:crypto';
import type { Session } from '../sign-in/session-store';
import { readIfPresent, statePath } from '../state/state-folder';

/** A credential is replaced when a quarter of its life is left, five minutes at most. */
const earlyShare = 0.25;
const earliestMs = 5 * 60_000;

/** An AWS session for a project, and where it reads. */
export interface ProjectCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO 8601, UTC. */
  readonly expiration: string;
  readonly region: string;
  readonly dicomwebEndpoint: string;
  readonly datastoreId: string;
  readonly grantId: string;
}

export interface CachedCredentials {
  readonly version: 2;
  /** By the service's clock, in milliseconds since 1970, as all times of a credential. */
  readonly obtainedAt: number;
  /** By how much that clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  readonly credentials: ProjectCredentials;
}

export function isProjectId(text: string): boolean {
  return /^p-[0-9a-z]{1,40}$/.test(text);
}

/** Where the credential of a session for a project stands; a list of studies has one of its own. */
export function cachePath(session: Session, project: string, studies: readonly string[] | null): string {
  const digest = createHash('sha256')
    .update([session.api, session.subject, project, ...(studies ?? ['*'])].join('\n'))
    .digest('hex');
  return statePath('credentials', `${digest}.json`);
}

/** The credential of a cache file while it is fresh, or null. */
export async function readCache(path: string): Promise<ProjectCredentials | null> {
  try {
    const cached = JSON.parse((await readIfPresent(path)) ?? 'null') as Partial<CachedCredentials> | null;
    if (cached?.version !== 2 || typeof cached.credentials?.secretAccessKey !== 'string') return null;
    const { obtainedAt = Number.NaN, clockAheadMs = Number.NaN, credentials } = cached;
    const expiresAt = Date.parse(credentials.expiration);
    const early = Math.min(earliestMs, (expiresAt - obtainedAt) * earlyShare);
    return Date.now() + clockAheadMs < expiresAt - early ? credentials : null;
  } catch {
    // Damaged, or not ours to read: a new credential takes its place.
    return null;
  }
}
