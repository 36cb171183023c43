import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as z from 'zod';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { IssuerMetadata } from './oidc-discovery';
import type { Session } from './session-store';

const success = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().default(300),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
});

const failure = z.object({ error: z.string(), error_description: z.string().optional() });

export type TokenResponse = z.infer<typeof success>;

/** RFC 6749 §5.2: the error code of a token answer, `unknown` where it has none. */
export function tokenErrorCode(json: unknown): string {
  const parsed = failure.safeParse(json);
  return parsed.success ? parsed.data.error : 'unknown';
}

/** @throws CommandError (exit 3) with the issuer's error code where the answer is a refusal */
export function readTokenResponse(
  status: number,
  json: unknown,
  fix = 'Run `nmip login` again.',
): TokenResponse {
  const parsed = success.safeParse(json);
  if (status === 200 && parsed.success) return parsed.data;
  throw new CommandError('The sign-in service refused the sign-in.', exitCode.notAllowed, {
    code: tokenErrorCode(json),
    fix,
  });
}

/**
 * Verifies the ID token (OpenID Connect Core §3.1.3.7) and makes the session of it.
 * @param expected.nonce null in the device flow, which has none
 * @throws CommandError (exit 5) where signature, issuer, audience, expiry or nonce do not hold
 */
export async function sessionFromTokens(
  tokens: TokenResponse,
  metadata: IssuerMetadata,
  expected: { readonly api: string; readonly clientId: string; readonly nonce: string | null },
): Promise<Session> {
  const invalid = (why: string) =>
    new CommandError('The sign-in service sent a token that does not hold.', exitCode.integrity, {
      code: 'INVALID_ID_TOKEN',
      detail: why,
      fix: 'Run `nmip login` again; if it happens again, tell the platform team.',
    });
  if (tokens.id_token === undefined) throw invalid('There is no ID token.');
  let payload: Awaited<ReturnType<typeof jwtVerify>>['payload'];
  try {
    const verified = await jwtVerify(tokens.id_token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
      issuer: metadata.issuer,
      audience: expected.clientId,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: 60,
    });
    payload = verified.payload;
  } catch {
    throw invalid('Signature, issuer, audience or expiry of the ID token is wrong.');
  }
  // §3.1.3.7, 4 and 5: a token for several audiences says which of them asked for it.
  if (payload.azp !== undefined && payload.azp !== expected.clientId)
    throw invalid('The ID token was made for another client.');
  if (expected.nonce !== null && payload.nonce !== expected.nonce) throw invalid('The nonce is not ours.');
  const claims = [payload.email, payload.name, payload.preferred_username, payload.sub];
  return {
    api: expected.api,
    issuer: metadata.issuer,
    clientId: expected.clientId,
    tokenEndpoint: metadata.token_endpoint,
    revocationEndpoint: metadata.revocation_endpoint ?? null,
    subject: String(payload.sub),
    displayName: String(claims.find((claim) => typeof claim === 'string' && claim !== '')),
    accessToken: tokens.access_token,
    accessTokenExpiresAt: Date.now() + tokens.expires_in * 1000,
    refreshToken: tokens.refresh_token ?? null,
  };
}
