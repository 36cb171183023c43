import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { currentSession } from '../sign-in/current-session';
import { withFileLock } from '../state/file-lock';
import { writePrivateFile } from '../state/state-folder';
import { CommandError, exitCode } from '../terminal/exit-code';
import {
  type CachedCredentials,
  cachePath,
  isProjectId,
  type ProjectCredentials,
  readCache,
} from './credential-cache';

/**
 * A project as given on the command line becomes a path; anything else is refused before it does.
 * @throws CommandError (exit 2)
 */
export function requireProjectId(project: string): string {
  if (isProjectId(project)) return project;
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

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof CommandError && error.hints.code === code;
}

/** Loaded only when the service must be asked, so that a cached credential comes at once. */
async function requestCredentials(
  project: string,
  studies: readonly string[] | null,
): Promise<CachedCredentials> {
  const { ApiClient } = await import('../api/api-client');
  const { credentialsResponse } = await import('../../lambda/credentials/credentials.contract');
  const client = await ApiClient.signedIn();
  const ask = () =>
    client.post(`/v1/projects/${project}/credentials`, studies ? { studies } : {}, credentialsResponse, {
      key: randomUUID(),
    });
  // The attempts of one request share a key, so none is issued twice. Where they took too long, it is another request.
  const credentials = await ask().catch((error: unknown) => {
    if (isRefusal(error, 'CREDENTIAL_REQUEST_OLD')) return ask();
    throw error;
  });
  const { clockAheadMs } = client;
  return { version: 2, obtainedAt: Date.now() + clockAheadMs, clockAheadMs, credentials };
}

/** A disk that is full or may not be written is no reason to go without a credential. */
function isUnwritable(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(
      String(error.code),
    )
  );
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
  let obtained: CachedCredentials | undefined;
  try {
    return await withFileLock(path, async () => {
      const fresh = await readCache(path);
      if (fresh) return fresh;
      obtained = await requestCredentials(id, studies);
      await writePrivateFile(path, `${JSON.stringify(obtained)}\n`);
      return obtained.credentials;
    });
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return (obtained ?? (await requestCredentials(id, studies))).credentials;
  }
}
