import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod';
import type { Clock } from '../platform/clock';
import { projectId, subject } from './identifiers.contract';

/** Signature algorithms of the issuer that are taken; anything else, `none` above all, is refused. */
const ALGORITHMS = ['ES256', 'RS256', 'PS256'];

/** Difference between our clock and the issuer's that is forgiven. */
const CLOCK_SKEW_SECONDS = 60;

/** HealthImaging takes no token that was issued longer ago (its OIDC requirements), so nothing else does. */
const LONGEST_AGE_SECONDS = 12 * 3600;

/** API Gateway passes at most 10,240 bytes of headers; no issuer's token comes near. */
const LONGEST_TOKEN = 8_192;

/** Keys and discovery are read again after this; an unknown key id makes jose ask sooner, at most every 30 s. */
const CACHE_MILLISECONDS = 600_000;

/** A token that is not taken. The code may be logged; nothing of the token may. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(
    readonly code:
      | 'TOKEN_MALFORMED'
      | 'TOKEN_ALGORITHM'
      | 'TOKEN_SIGNATURE'
      | 'TOKEN_EXPIRED'
      | 'TOKEN_NOT_YET_VALID'
      | 'TOKEN_ISSUER'
      | 'TOKEN_AUDIENCE'
      | 'TOKEN_TYPE'
      | 'TOKEN_CLAIM',
  ) {
    super(code);
  }
}

export interface VerifiedToken {
  readonly subject: string;
  /** Claim `nmip_project`: the project for which a viewer's token was made. It can only narrow what is shown. */
  readonly project: string | null;
}

export interface TokenVerifier {
  /** @throws TokenRefused; any other error means that the issuer could not be asked */
  verify(token: string): Promise<VerifiedToken>;
}

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.url() });

const claims = z.object({ sub: subject, nmip_project: projectId.optional() });

/** Loopback may do without TLS: the embedded platform's issuer stands there. */
function demandSafeAddress(address: string): void {
  const { protocol, hostname } = new URL(address);
  const loopback = protocol === 'http:' && hostname === '127.0.0.1';
  if (protocol !== 'https:' && !loopback) throw new Error('the issuer must be reached over https');
}

async function discoverKeys(issuer: string, timeoutMilliseconds: number): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  demandSafeAddress(address);
  const response = await fetch(address, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const document = discoveryDocument.parse(await response.json());
  // OpenID Connect Discovery §4.3: the document must name the issuer that was asked.
  if (document.issuer !== issuer) throw new Error('discovery names another issuer');
  demandSafeAddress(document.jwks_uri);
  return createRemoteJWKSet(new URL(document.jwks_uri), {
    timeoutDuration: timeoutMilliseconds,
    cacheMaxAge: CACHE_MILLISECONDS,
  });
}

const claimCodes: Readonly<Record<string, TokenRefused['code']>> = {
  iss: 'TOKEN_ISSUER',
  aud: 'TOKEN_AUDIENCE',
  nbf: 'TOKEN_NOT_YET_VALID',
  typ: 'TOKEN_TYPE',
};

/** The refusal that an error of jose stands for; null for errors that are not the token's fault. */
function refusalOf(error: unknown): TokenRefused | null {
  if (error instanceof errors.JWTExpired) return new TokenRefused('TOKEN_EXPIRED');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new TokenRefused(claimCodes[error.claim] ?? 'TOKEN_CLAIM');
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return new TokenRefused('TOKEN_ALGORITHM');
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    return new TokenRefused('TOKEN_SIGNATURE');
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return new TokenRefused('TOKEN_MALFORMED');
  }
  return null;
}

/**
 * Verifies access tokens of one issuer: JWTs of type `at+jwt` (RFC 9068, so that an ID token is not taken for one),
 * signed by a key of the issuer's JWKS, for our audience, within their times.
 *
 * @param timeoutMilliseconds longest wait for each of discovery and JWKS
 */
export function createTokenVerifier(settings: {
  issuer: string;
  audience: string;
  clock: Clock;
  timeoutMilliseconds: number;
}): TokenVerifier {
  const { issuer, audience, clock, timeoutMilliseconds } = settings;
  let discovered: { keys: Promise<JWTVerifyGetKey>; at: number } | undefined;

  function keys(): Promise<JWTVerifyGetKey> {
    const now = clock.now().getTime();
    if (discovered === undefined || now - discovered.at > CACHE_MILLISECONDS) {
      const asked = { keys: discoverKeys(issuer, timeoutMilliseconds), at: now };
      asked.keys.catch(() => {
        if (discovered === asked) discovered = undefined;
      });
      discovered = asked;
    }
    return discovered.keys;
  }

  return {
    async verify(token) {
      if (token.length > LONGEST_TOKEN || token.split('.').length !== 3) {
        throw new TokenRefused('TOKEN_MALFORMED');
      }
      const getKey = await keys();
      try {
        const { payload } = await jwtVerify(token, getKey, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          typ: 'at+jwt',
          clockTolerance: CLOCK_SKEW_SECONDS,
          currentDate: clock.now(),
          maxTokenAge: LONGEST_AGE_SECONDS,
          requiredClaims: ['sub', 'exp', 'iat'],
        });
        const parsed = claims.safeParse(payload);
        if (!parsed.success) throw new TokenRefused('TOKEN_CLAIM');
        return { subject: parsed.data.sub, project: parsed.data.nmip_project ?? null };
      } catch (error) {
        throw refusalOf(error) ?? error;
      }
    },
  };
}
