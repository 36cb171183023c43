import { resolve } from 'node:path';
import { CommandError, exitCode } from '../terminal/exit-code';
import { apiOf } from './secure-address';
import { readSession, type Session, writeSession } from './session-store';

/**
 * The session of this run: that of the machine which the environment names (NMIP_CLIENT_ID, NMIP_CLIENT_KEY_FILE and
 * NMIP_API), signed in by itself where it is not yet; otherwise the one of `nmip login`.
 * @throws CommandError (exit 2) where the environment names half of a machine, (exit 3) where nobody is signed in
 */
export async function currentSession(): Promise<Session> {
  const stored = await readSession();
  const { NMIP_CLIENT_ID: clientId, NMIP_CLIENT_KEY_FILE: keyFile, NMIP_API: address } = process.env;
  if (clientId !== undefined || keyFile !== undefined) {
    if (!clientId || !keyFile || !address)
      throw new CommandError('The environment names a machine in part.', exitCode.usage, {
        code: 'MACHINE_INCOMPLETE',
        fix: 'Set all of NMIP_CLIENT_ID, NMIP_CLIENT_KEY_FILE and NMIP_API, or none of the first two.',
      });
    const api = apiOf(address);
    const fits =
      stored?.api === api &&
      stored.clientId === clientId &&
      stored.machine !== undefined &&
      stored.machine.keyFile === resolve(keyFile);
    if (stored !== null && fits) return stored;
    const { machineSession } = await import('./machine-sign-in');
    const session = await machineSession({ api, clientId, keyFile });
    await writeSession(session);
    return session;
  }
  if (stored === null)
    throw new CommandError('You are not signed in.', exitCode.notAllowed, {
      code: 'NOT_SIGNED_IN',
      fix: 'Run `nmip login --api URL`.',
    });
  return stored;
}
