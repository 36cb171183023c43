import * as z from 'zod';
import { type HttpAnswer, httpText } from '../api/http-request';
import { isConnectionError, isRetryableStatus, retrying } from '../api/http-retry';
import { CommandError, exitCode } from '../terminal/exit-code';
import { requireSecureAddress } from './secure-address';

const requestTimeoutMs = 30_000;

const metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  device_authorization_endpoint: z.url().optional(),
  revocation_endpoint: z.url().optional(),
  scopes_supported: z.array(z.string()).default([]),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).default([]),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
});

/** What the command needs of an issuer's metadata (OpenID Connect Discovery 1.0 §3). */
export type IssuerMetadata = z.infer<typeof metadata>;

type Fields = Readonly<Record<string, string>>;

/**
 * A form post or a GET at the issuer.
 * @param form fields, or what makes them for each attempt
 * @returns status and the JSON of the answer, null where it is not JSON
 * @throws CommandError (exit 4) where the issuer cannot be reached
 */
export async function issuerRequest(
  url: string,
  form?: Fields | (() => Promise<Fields>),
): Promise<{ status: number; json: unknown }> {
  try {
    return await retrying<{ status: number; json: unknown }>(async () => {
      const fields = typeof form === 'function' ? await form() : form;
      let answer: HttpAnswer;
      try {
        answer = await httpText(url, {
          method: fields ? 'POST' : 'GET',
          headers: {
            accept: 'application/json',
            ...(fields ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' } : {}),
          },
          timeoutMs: requestTimeoutMs,
          ...(fields ? { body: new URLSearchParams(fields).toString() } : {}),
        });
      } catch (error) {
        if (isConnectionError(error)) return { retry: error };
        throw error;
      }
      if (isRetryableStatus(answer.status)) return { retry: new Error(`status ${answer.status}`) };
      let json: unknown = null;
      try {
        json = JSON.parse(answer.text);
      } catch {
        // An answer without JSON is told apart by null.
      }
      return { done: { status: answer.status, json } };
    });
  } catch {
    throw new CommandError(`Cannot reach the sign-in service at ${new URL(url).origin}.`, exitCode.network, {
      code: 'ISSUER_UNREACHABLE',
      fix: 'Check the network and the address, then run the same command again.',
    });
  }
}

/**
 * Reads the issuer's metadata.
 * @throws CommandError where it is missing, is for another issuer, or names an address that is not secure
 */
export async function discoverIssuer(issuer: string): Promise<IssuerMetadata> {
  requireSecureAddress(issuer, 'The issuer');
  const { status, json } = await issuerRequest(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  );
  const parsed = metadata.safeParse(json);
  if (status !== 200 || !parsed.success || parsed.data.issuer !== issuer)
    throw new CommandError(
      'The sign-in service does not describe itself as an OpenID Connect issuer.',
      exitCode.usage,
      {
        code: 'NO_ISSUER_METADATA',
        fix: 'Check the address given with --issuer or --api.',
      },
    );
  for (const endpoint of [
    parsed.data.authorization_endpoint,
    parsed.data.token_endpoint,
    parsed.data.jwks_uri,
  ])
    requireSecureAddress(endpoint, 'An address of the sign-in service');
  return parsed.data;
}
