import { namedMachine, storedSession } from '../sign-in/stored-session';
import { cachePath, isProjectId, type ProjectCredentials, readCache } from './credential-cache';
import { processFormat } from './process-format';

/** The project of a call as `nmip configure aws` writes it into a profile, word for word; null for any other call. */
export function projectOfProfile(words: readonly string[]): string | null {
  const [command, projectOption, project = '', formatOption, format] = words;
  const asWritten =
    words.length === 5 &&
    command === 'credentials' &&
    projectOption === '--project' &&
    formatOption === '--format' &&
    format === 'process';
  return asWritten && isProjectId(project) ? project : null;
}

async function cachedCredentials(project: string): Promise<ProjectCredentials | null> {
  try {
    const session = await storedSession(namedMachine());
    return session && (await readCache(cachePath(session, project, null)));
  } catch {
    // The command itself meets the same, and says what it is.
    return null;
  }
}

/**
 * Answers an AWS tool that asks by a profile, where a fresh credential is in the cache: tools ask before each of their
 * runs, and wait. Anything else is left to the command.
 * @returns whether it was answered
 */
export async function answerFromCache(words: readonly string[]): Promise<boolean> {
  const project = projectOfProfile(words);
  const credentials = project === null ? null : await cachedCredentials(project);
  if (credentials === null) return false;
  // A reader that closes the pipe is no error, as in the command.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stdout.write(`${processFormat(credentials)}\n`);
  return true;
}
