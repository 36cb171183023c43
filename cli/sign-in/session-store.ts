import { readIfPresent, removeFile, statePath, writePrivateFile } from '../state/state-folder';

/** How a machine gets a new token: by its key, which stays where it is. */
export interface MachineSignIn {
  /** Absolute path. */
  readonly keyFile: string;
  /** Algorithms that the issuer takes for client authentication; empty where it names none. */
  readonly algorithms: readonly string[];
  readonly scope: string | null;
}

/** A signed-in person or machine at one API, as kept in the state folder, mode 0600. */
export interface Session {
  /** Base address of the API, without a slash at the end. */
  readonly api: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | null;
  /** `sub` of the ID token. */
  readonly subject: string;
  /** What to call the person: e-mail, name or subject. */
  readonly displayName: string;
  readonly accessToken: string;
  /** Unix time in milliseconds. */
  readonly accessTokenExpiresAt: number;
  readonly refreshToken: string | null;
  /** Absent for a person. */
  readonly machine?: MachineSignIn;
}

const sessionPath = () => statePath('session.json');

export function sessionFilePath(): string {
  return sessionPath();
}

/** The session, or null where nobody is signed in. A file that is not ours to read counts as none. */
export async function readSession(): Promise<Session | null> {
  const text = await readIfPresent(sessionPath());
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && parsed.version === 1)
      return (parsed as unknown as { session: Session }).session;
  } catch {
    // Replaced at the next sign-in.
  }
  return null;
}

export async function writeSession(session: Session): Promise<void> {
  await writePrivateFile(sessionPath(), `${JSON.stringify({ version: 1, session })}\n`);
}

export async function removeSession(): Promise<void> {
  await removeFile(sessionPath());
}
