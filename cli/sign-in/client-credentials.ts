import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type MachineKey, readMachineKey } from './machine-key';
import { issuerRequest } from './oidc-discovery';
import type { MachineSignIn } from './session-store';
import { readTokenResponse, type TokenResponse } from './token-response';

/** An assertion is good for one request, which takes seconds; a copy of it soon is good for nothing. */
const assertionSeconds = 60;

/**
 * Signs the assertion by which a client proves who it is (RFC 7523 §3, OpenID Connect Core §9 `private_key_jwt`).
 * @param audience the token endpoint
 */
export async function clientAssertion(
  { key, algorithm, keyId }: MachineKey,
  clientId: string,
  audience: string,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + assertionSeconds)
    .sign(key);
}

/**
 * An access token for a machine, by the grant client_credentials (RFC 6749 §4.4). The key is read each time, so that a new
 * key in the same file is used from the next renewal on.
 * @throws CommandError (exit 2) for a key file that cannot be used, (exit 3) where the issuer refuses the machine
 */
export async function clientCredentialsGrant(
  tokenEndpoint: string,
  clientId: string,
  { keyFile, algorithms, scope }: MachineSignIn,
): Promise<TokenResponse> {
  const key = await readMachineKey(keyFile, algorithms);
  const { status, json } = await issuerRequest(tokenEndpoint, async () => ({
    grant_type: 'client_credentials',
    client_id: clientId,
    ...(scope === null ? {} : { scope }),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    // Signed anew for each attempt: the issuer takes an assertion once.
    client_assertion: await clientAssertion(key, clientId, tokenEndpoint),
  }));
  return readTokenResponse(
    status,
    json,
    'Check the client id, that the issuer knows the public half of this key, and the clock of this machine.',
  );
}
