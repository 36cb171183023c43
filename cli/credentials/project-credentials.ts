import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { currentSession } from '../sign-in/machine-sign-in';
import type { Session } from '../sign-in/session-store';
import { withFileLock } from '../state/file-lock';
import { readIfPresent, statePath, writePrivateFile } from '../state/state-folder';
import { CommandError, exitCode } from '../terminal/exit-code';

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

interface CachedCredentials {
  readonly version: 1;
  readonly obtainedAt: number;
  readonly credentials: ProjectCredentials;
}

/** A project as given on the command line becomes a path; anything else is refused before it does. */
function requireProjectId(project: string): string {
  if (/^p-[0-9a-z]{1,40}$/.test(project)) return project;
  throw new CommandError(`${project} is not a project id.`, exitCode.usage, {
    code: 'NOT_A_PROJECT',
    fix: '`nmip projects` lists yours.',
  });
}

/**
 * Study Instance UIDs of a file, one a line; `#` begins a remark.
 * @throws CommandError (exit 2) where a line is no UID
 */
export async function readStudyList(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`Cannot read ${path}.`, exitCode.usage, { code: 'FILE_NOT_READABLE' });
  });
  const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, '').trim());
  const uids = lines.filter((line) => line !== '');
  lines.forEach((line, index) => {
    if (line !== '' && !(line.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(line)))
      throw new CommandError(`Line ${index + 1} of ${path} is not a Study Instance UID.`, exitCode.usage, {
        code: 'NOT_A_UID',
      });
  });
  if (uids.length === 0)
    throw new CommandError(`${path} names no study.`, exitCode.usage, { code: 'NO_STUDIES' });
  return [...new Set(uids)].sort();
}

function cachePath(session: Session, project: string, studies: readonly string[] | null): string {
  const digest = createHash('sha256')
    .update([session.api, session.subject, project, ...(studies ?? ['*'])].join('\n'))
    .digest('hex');
  return statePath('credentials', `${digest}.json`);
}

async function readCache(path: string): Promise<ProjectCredentials | null> {
  const text = await readIfPresent(path);
  if (text === null) return null;
  try {
    const cached = JSON.parse(text) as Partial<CachedCredentials>;
    if (cached.version !== 1 || cached.credentials === undefined || cached.obtainedAt === undefined)
      return null;
    const expiresAt = Date.parse(cached.credentials.expiration);
    const early = Math.min(earliestMs, (expiresAt - cached.obtainedAt) * earlyShare);
    return Date.now() < expiresAt - early ? cached.credentials : null;
  } catch {
    return null;
  }
}

/** Loaded only when the service must be asked, so that a cached credential comes at once. */
async function requestCredentials(
  project: string,
  studies: readonly string[] | null,
): Promise<ProjectCredentials> {
  const { ApiClient } = await import('../api/api-client');
  const { credentialsResponse } = await import('../../lambda/credentials/credentials.contract');
  const client = await ApiClient.signedIn();
  return client.post(`/v1/projects/${project}/credentials`, studies ? { studies } : {}, credentialsResponse);
}

/**
 * A credential of the project, from the cache while it is fresh; one process of the machine asks at a time.
 * @param studies the studies it is for, or null for all that the grant allows
 * @throws CommandError (exit 3) where the register refuses
 */
export async function projectCredentials(
  project: string,
  studies: readonly string[] | null,
): Promise<ProjectCredentials> {
  const id = requireProjectId(project);
  const path = cachePath(await currentSession(), id, studies);
  const cached = await readCache(path);
  if (cached) return cached;
  return withFileLock(path, async () => {
    const fresh = await readCache(path);
    if (fresh) return fresh;
    const credentials = await requestCredentials(id, studies);
    const content: CachedCredentials = { version: 1, obtainedAt: Date.now(), credentials };
    await writePrivateFile(path, `${JSON.stringify(content)}\n`);
    return credentials;
  });
}
