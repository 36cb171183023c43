import { resolve } from 'node:path';
import { signInService } from '../../lambda/register/sign-in.contract';
import { getPublic } from '../api/api-request';
import { CommandError, exitCode } from '../terminal/exit-code';
import { clientCredentialsGrant } from './client-credentials';
import { discoverIssuer, requireSecureAddress } from './oidc-discovery';
import { readSession, type Session, writeSession } from './session-store';

export interface MachineOptions {
  readonly api: string;
  /** Where not the one that the API names. */
  readonly issuer?: string | undefined;
  readonly clientId: string;
  readonly keyFile: string;
}

/** Signs a machine in by its key; nothing is kept but the path of the key. */
export async function machineSession(options: MachineOptions): Promise<Session> {
  const { api, clientId } = options;
  const service = await getPublic(api, '/v1/sign-in', signInService);
  const metadata = await discoverIssuer(options.issuer ?? service.issuer);
  const machine = {
    keyFile: resolve(options.keyFile),
    algorithms: metadata.token_endpoint_auth_signing_alg_values_supported,
    scope: service.scope ?? null,
  };
  const tokens = await clientCredentialsGrant(metadata.token_endpoint, clientId, machine);
  return {
    api,
    issuer: metadata.issuer,
    clientId,
    tokenEndpoint: metadata.token_endpoint,
    revocationEndpoint: null,
    subject: clientId,
    displayName: clientId,
    accessToken: tokens.access_token,
    accessTokenExpiresAt: Date.now() + tokens.expires_in * 1000,
    refreshToken: null,
    machine,
  };
}

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

/** Base address of an API, without a slash at the end. */
export function apiOf(address: string): string {
  return requireSecureAddress(address, 'The address of the API').toString().replace(/\/+$/, '');
}
