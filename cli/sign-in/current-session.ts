import { CommandError, exitCode } from '../terminal/exit-code';
import { type Session, writeSession } from './session-store';
import { namedMachine, storedSession } from './stored-session';

/**
 * The session of this run: that of the machine which the environment names (NMIP_CLIENT_ID, NMIP_CLIENT_KEY_FILE and
 * NMIP_API), signed in by itself where it is not yet; otherwise the one of `nmip login`.
 * @throws CommandError (exit 2) where the environment names half of a machine, (exit 3) where nobody is signed in
 */
export async function currentSession(): Promise<Session> {
  const machine = namedMachine();
  const stored = await storedSession(machine);
  if (stored !== null) return stored;
  if (machine !== null) {
    const { machineSession } = await import('./machine-sign-in');
    const session = await machineSession(machine);
    await writeSession(session);
    return session;
  }
  throw new CommandError('You are not signed in.', exitCode.notAllowed, {
    code: 'NOT_SIGNED_IN',
    fix: 'Run `nmip login --api URL`.',
  });
}
