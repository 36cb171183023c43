import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type IssuerMetadata, issuerRequest } from './oidc-discovery';
import { readTokenResponse, type TokenResponse, tokenErrorCode } from './token-response';

const authorization = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.url(),
  verification_uri_complete: z.url().optional(),
  expires_in: z.number().positive(),
  interval: z.number().min(0).default(5),
});

/**
 * Signs in by device authorisation (RFC 8628), for machines without a browser.
 * @param acrValues as in the authorisation code flow
 * @param showCode called with the address to open and the code to enter there
 * @throws CommandError where the issuer has no device flow, the person refuses, or the code expires
 */
export async function deviceAuthorizationFlow(
  metadata: IssuerMetadata,
  clientId: string,
  scope: string,
  acrValues: readonly string[],
  showCode: (address: string, userCode: string) => void,
): Promise<TokenResponse> {
  const endpoint = metadata.device_authorization_endpoint;
  if (endpoint === undefined)
    throw new CommandError('This sign-in service has no device flow.', exitCode.usage, {
      code: 'NO_DEVICE_FLOW',
      fix: 'Run `nmip login` without --device.',
    });
  const started = await issuerRequest(endpoint, {
    client_id: clientId,
    scope,
    ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
  });
  const parsed = authorization.safeParse(started.json);
  if (started.status !== 200 || !parsed.success)
    throw new CommandError('The sign-in service refused the device flow.', exitCode.notAllowed, {
      code: tokenErrorCode(started.json),
    });
  const device = parsed.data;
  showCode(device.verification_uri, device.user_code);
  const expiresAt = Date.now() + device.expires_in * 1000;
  let intervalMs = device.interval * 1000;
  while (Date.now() < expiresAt) {
    await wait(intervalMs);
    const { status, json } = await issuerRequest(metadata.token_endpoint, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: clientId,
      device_code: device.device_code,
    });
    const code = status === 200 ? null : tokenErrorCode(json);
    // RFC 8628 §3.5: slow down by 5 seconds, for all further requests.
    if (code === 'slow_down') intervalMs += 5000;
    if (code === 'slow_down' || code === 'authorization_pending') continue;
    return readTokenResponse(status, json);
  }
  throw new CommandError('The code has expired.', exitCode.notAllowed, {
    code: 'expired_token',
    fix: 'Run `nmip login --device` again.',
  });
}
