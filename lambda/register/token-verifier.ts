import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import * as z from 'zod';
import { type AccessTokenForm, clientOf, isMarked } from '../platform/access-tokens.contract';
import type { Clock } from '../platform/clock';
import { projectId, subject } from './identifiers.contract';
import { IssuerKeys } from './issuer-keys';

/** Signature algorithms of the issuer that are taken; anything else, `none` above all, is refused. */
const ALGORITHMS = ['ES256', 'RS256', 'PS256'];

/** Difference between our clock and the issuer's that is forgiven. */
const CLOCK_SKEW_SECONDS = 60;

/** HealthImaging takes no token that was issued longer ago (its OIDC requirements), so nothing else does. */
const LONGEST_AGE_SECONDS = 12 * 3600;

/** API Gateway passes at most 10,240 bytes of headers; no issuer's token comes near. */
const LONGEST_TOKEN = 8_192;

/**
 * Header parameters (RFC 7515 §4.1) by which a token would bring or name its own key, or ask for an extension: keys come
 * from the issuer's document alone, and no extension is understood.
 */
const REFUSED_PARAMETERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

/** A token that is not taken. The code may be logged; nothing of the token may. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(
    readonly code:
      | 'TOKEN_MALFORMED'
      | 'TOKEN_ALGORITHM'
      | 'TOKEN_HEADER'
      | 'TOKEN_KEY'
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
  /** A client obtained it for itself (grant `client_credentials`): `sub` is the client (RFC 9068 §2.2). */
  readonly machine: boolean;
  readonly claims: Readonly<JWTPayload>;
}

export interface TokenVerifier {
  /** @throws TokenRefused; any other error means that the issuer could not be asked */
  verify(token: string): Promise<VerifiedToken>;
}

const claims = z.object({ sub: subject, nmip_project: projectId.optional() });

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
    // A time of issue that lies ahead; one that is missing is a fault of the claim.
    if (error.claim === 'iat' && error.reason === 'check_failed')
      return new TokenRefused('TOKEN_NOT_YET_VALID');
    return new TokenRefused(claimCodes[error.claim] ?? 'TOKEN_CLAIM');
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return new TokenRefused('TOKEN_ALGORITHM');
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new TokenRefused('TOKEN_KEY');
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return new TokenRefused('TOKEN_SIGNATURE');
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return new TokenRefused('TOKEN_MALFORMED');
  }
  return null;
}

/** Refuses by the header alone, before anybody is asked for a key. */
function inspectHeader(token: string): void {
  if (token.length > LONGEST_TOKEN || token.split('.').length !== 3)
    throw new TokenRefused('TOKEN_MALFORMED');
  let header: ProtectedHeaderParameters;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw new TokenRefused('TOKEN_MALFORMED');
  }
  if (!ALGORITHMS.some((algorithm) => algorithm === header.alg)) throw new TokenRefused('TOKEN_ALGORITHM');
  if (REFUSED_PARAMETERS.some((name) => Object.hasOwn(header, name))) throw new TokenRefused('TOKEN_HEADER');
  if (header.kid !== undefined && typeof header.kid !== 'string') throw new TokenRefused('TOKEN_HEADER');
}

/**
 * Verifies access tokens of one issuer: JWTs of type `at+jwt` (RFC 9068, so that an ID token is not taken for one), or
 * marked as the configuration says, signed by a key of the issuer's JWKS, for our audience, within their times.
 *
 * @param timeoutMilliseconds longest wait for each of discovery and JWKS
 */
export function createTokenVerifier(settings: {
  issuer: string;
  audience: string;
  accessTokens: AccessTokenForm;
  clock: Clock;
  timeoutMilliseconds: number;
}): TokenVerifier {
  const { issuer, audience, accessTokens, clock, timeoutMilliseconds } = settings;
  const keys = new IssuerKeys({ issuer, clock, timeoutMilliseconds });

  return {
    async verify(token) {
      inspectHeader(token);
      try {
        const { payload } = await jwtVerify(token, keys.find, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          typ: accessTokens.type,
          clockTolerance: CLOCK_SKEW_SECONDS,
          currentDate: clock.now(),
          maxTokenAge: LONGEST_AGE_SECONDS,
          requiredClaims: ['sub', 'exp', 'iat'],
        });
        if (accessTokens.type === 'JWT' && !isMarked(accessTokens, payload))
          throw new TokenRefused('TOKEN_TYPE');
        const parsed = claims.safeParse(payload);
        if (!parsed.success) throw new TokenRefused('TOKEN_CLAIM');
        return {
          subject: parsed.data.sub,
          project: parsed.data.nmip_project ?? null,
          machine: clientOf(payload) === parsed.data.sub,
          claims: payload,
        };
      } catch (error) {
        throw refusalOf(error) ?? error;
      }
    },
  };
}
