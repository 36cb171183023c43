import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * How the demo people may sign in: with a password that is not there, or with a security key that is not there either.
 * Values are those of OpenID Connect (`acr`) and RFC 8176 (`amr`).
 */
export const secondFactors = {
  none: { acr: 'AAL1', amr: ['pwd'] },
  'security-key': { acr: 'AAL2', amr: ['pwd', 'hwk', 'mfa'] },
} as const;

export type SecondFactor = keyof typeof secondFactors;

export const acrValues: readonly string[] = Object.values(secondFactors).map(({ acr }) => acr);

/** What was chosen on the page; `none` where nothing was. */
export function secondFactorOf(chosen: string | null): SecondFactor {
  return chosen === 'security-key' ? chosen : 'none';
}

/** The factor that the page offers first: what the client asked for by `acr_values` (OpenID Connect Core §3.1.2.1). */
export function secondFactorAskedFor(acrValuesAsked: unknown): SecondFactor {
  const asked = typeof acrValuesAsked === 'string' ? acrValuesAsked.split(' ') : [];
  return asked.includes(secondFactors['security-key'].acr) ? 'security-key' : 'none';
}

/**
 * Claims of an access token beside those of the provider: how its holder signed in (RFC 9068 §2.2.1). They come from the
 * code or the refresh token, so a renewed token says what the sign-in was.
 */
export function signInClaims(context: KoaContextWithOIDC): Record<string, unknown> | undefined {
  const { AuthorizationCode, DeviceCode, RefreshToken } = context.oidc.entities;
  const source = RefreshToken ?? AuthorizationCode ?? DeviceCode;
  if (source === undefined) return undefined;
  const { acr, amr, authTime } = source;
  return { acr, amr, auth_time: authTime };
}
