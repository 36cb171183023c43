import * as z from 'zod';

/**
 * How an access token of the issuer is known from its other JWTs. RFC 9068 says so by the header `typ: at+jwt`. An issuer
 * that writes `JWT` into both kinds must mark its access tokens by a claim that its ID tokens do not have.
 */

/** Claims that ID tokens have too, so that none of them can mark an access token. */
const claimsOfIdTokens = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'azp', 'nonce', 'acr', 'amr', 'auth_time', 'sid'],
  ...['at_hash', 'c_hash', 's_hash', 'name', 'email', 'email_verified', 'preferred_username', 'ver', 'tid'],
]);

export const accessTokenForm = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('at+jwt') }),
  z.strictObject({
    type: z.literal('JWT'),
    /** The claim that only access tokens have; with `value` (one of the words of the claim) where ID tokens have it too. */
    mark: z
      .strictObject({
        claim: z.string().regex(/^[A-Za-z_][\w:/.-]{0,99}$/, 'the name of a claim'),
        value: z.string().min(1).max(200).optional(),
      })
      .refine(({ claim }) => !claimsOfIdTokens.has(claim), {
        path: ['claim'],
        message: 'a claim that ID tokens do not have, e.g. scp (Entra) or typ with value Bearer (Keycloak)',
      })
      .refine(({ claim, value }) => claim !== 'typ' || value !== undefined, {
        path: ['value'],
        message: 'the value that access tokens have: ID tokens have the claim typ too',
      }),
  }),
]);

export type AccessTokenForm = z.infer<typeof accessTokenForm>;

/** Claims that only ID tokens have (OpenID Connect Core §3.1.3.6, §3.3.2.11). */
const onlyInIdTokens = ['at_hash', 'c_hash', 's_hash'];

/** Claims in which an issuer names the client: RFC 9068 §2.2, OpenID Connect Core §2. */
const clientClaims = ['client_id', 'azp', 'appid'];

/** The client that obtained a token, or null where the token does not say. */
export function clientOf(claims: Readonly<Record<string, unknown>>): string | null {
  for (const name of clientClaims) {
    const value: unknown = Object.hasOwn(claims, name) ? claims[name] : undefined;
    if (typeof value === 'string') return value;
  }
  return null;
}

/**
 * True where claims of a token whose header says `typ: JWT` are those of an access token: it has the mark, nothing that
 * only an ID token has, and is not meant for the client that obtained it, as every ID token is (OpenID Connect Core §2).
 */
export function isMarked(
  form: Extract<AccessTokenForm, { type: 'JWT' }>,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  const { claim, value } = form.mark;
  const said: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (said === undefined || said === null || said === '') return false;
  const words: readonly unknown[] = typeof said === 'string' ? said.split(' ') : [said].flat();
  if (value !== undefined && !words.includes(value)) return false;
  if (onlyInIdTokens.some((name) => Object.hasOwn(claims, name))) return false;
  const audiences: readonly unknown[] = [claims.aud].flat();
  return !audiences.includes(clientOf(claims));
}
