import { resolve } from 'node:path';
import { CommandError, exitCode } from '../terminal/exit-code';
import { apiOf } from './secure-address';
import { readSession, type Session } from './session-store';

/** A machine that the environment names. */
export interface NamedMachine {
  readonly api: string;
  readonly clientId: string;
  readonly keyFile: string;
}

/** @throws CommandError (exit 2) where the environment names half of a machine */
export function namedMachine(): NamedMachine | null {
  const { NMIP_CLIENT_ID: clientId, NMIP_CLIENT_KEY_FILE: keyFile, NMIP_API: address } = process.env;
  if (clientId === undefined && keyFile === undefined) return null;
  if (!clientId || !keyFile || !address)
    throw new CommandError('The environment names a machine in part.', exitCode.usage, {
      code: 'MACHINE_INCOMPLETE',
      fix: 'Set all of NMIP_CLIENT_ID, NMIP_CLIENT_KEY_FILE and NMIP_API, or none of the first two.',
    });
  return { api: apiOf(address), clientId, keyFile };
}

/** The session that was stored for the machine, or for a person where there is none; null where another one or none was. */
export async function storedSession(machine: NamedMachine | null): Promise<Session | null> {
  const stored = await readSession();
  if (machine === null || stored === null) return stored;
  const fits =
    stored.api === machine.api &&
    stored.clientId === machine.clientId &&
    stored.machine !== undefined &&
    stored.machine.keyFile === resolve(machine.keyFile);
  return fits ? stored : null;
}
