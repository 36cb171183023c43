import { CommandError, exitCode } from '../terminal/exit-code';
import { apiOf } from './secure-address';
import { readSession } from './session-store';

/**
 * Address of the platform's API: as given, of the environment, or of the last sign-in.
 * @throws CommandError (exit 2) where none is known; `fix` names the command that needs it
 */
export async function apiAddress(given: string | undefined, command: string): Promise<string> {
  const address = given ?? process.env.NMIP_API ?? (await readSession())?.api;
  if (address === undefined)
    throw new CommandError('Which platform?', exitCode.usage, {
      code: 'API_MISSING',
      fix: `Give the address of its API: \`nmip ${command} --api https://…\`, or set NMIP_API.`,
    });
  return apiOf(address);
}
