import { timingSafeEqual } from 'node:crypto';
import { AwsError } from '../service';
import { canonicalRequest, type SignableRequest } from './canonical-request';
import { type SignatureClaim, signatureTime } from './signature-claim';
import { signCanonicalRequest, signingKey } from './signing-key';

/** How far a client's clock may be off, and how old a signature in a header may be. */
const CLOCK_SKEW_MILLISECONDS = 5 * 60 * 1000;

/**
 * Checks what a claim says before any key is needed: region, times, which headers are signed. Throws
 * `IncompleteSignature`, `RequestTimeTooSkewed`, `RequestExpired` or `HeadersNotSigned`.
 */
export function checkClaim(claim: SignatureClaim, request: SignableRequest, region: string, now: Date): void {
  if (claim.region !== region) {
    throw new AwsError(
      'IncompleteSignature',
      `The region '${claim.region}' is wrong; expecting '${region}'`,
      400,
      { Region: region },
    );
  }
  const age = now.getTime() - signatureTime(claim.timestamp);
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(age) > CLOCK_SKEW_MILLISECONDS) throw tooSkewed(claim, now);
  } else {
    if (-age > CLOCK_SKEW_MILLISECONDS) throw new AwsError('RequestExpired', 'Request is not valid yet', 403);
    if (age > claim.expiresSeconds * 1000)
      throw new AwsError('RequestExpired', 'Request has expired', 403, {
        'X-Amz-Expires': String(claim.expiresSeconds),
        ServerTime: now.toISOString(),
      });
  }
  checkSignedHeaders(claim, request);
}

function tooSkewed(claim: SignatureClaim, now: Date): AwsError {
  return new AwsError(
    'RequestTimeTooSkewed',
    "The difference between the request time and the server's time is too large.",
    403,
    {
      RequestTime: claim.timestamp,
      ServerTime: now.toISOString(),
      MaxAllowedSkewMilliseconds: String(CLOCK_SKEW_MILLISECONDS),
    },
  );
}

/** `host` and every `x-amz-*` header that is sent must be signed; a signed header must be sent. */
function checkSignedHeaders({ signedHeaders }: SignatureClaim, { headers }: SignableRequest): void {
  const signed = new Set(signedHeaders);
  const unsigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !signed.has(name));
  if (!signed.has('host')) unsigned.unshift('host');
  if (unsigned.length > 0) {
    throw new AwsError(
      'HeadersNotSigned',
      'There were headers present in the request which were not signed',
      403,
      { HeadersNotSigned: unsigned.join(', ') },
    );
  }
}

/** Throws `SignatureDoesNotMatch` where the secret key did not make this signature over this request. */
export function verifySignature(
  claim: SignatureClaim,
  request: SignableRequest,
  secretAccessKey: string,
  payloadHash: string,
): void {
  const canonical = canonicalRequest(request, claim.service, claim.signedHeaders, payloadHash);
  const expected = signCanonicalRequest(signingKey(secretAccessKey, claim), claim, canonical);
  const given = Buffer.from(claim.signature);
  if (given.length !== expected.length || !timingSafeEqual(given, Buffer.from(expected))) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
    );
  }
}
