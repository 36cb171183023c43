import { resolve } from 'node:path';
import { signInService } from '../../lambda/register/sign-in.contract';
import { getPublic } from '../api/api-request';
import { clientCredentialsGrant } from './client-credentials';
import { discoverIssuer } from './oidc-discovery';
import type { Session } from './session-store';

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
