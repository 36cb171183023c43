import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../service';

/** What a request says of its own signature (Signature Version 4), not yet verified. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** `YYYYMMDD` of the credential scope. */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  /** Lower-case names, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDD'T'HHMMSS'Z'` */
  readonly timestamp: string;
  readonly sessionToken?: string;
  /** Seconds of validity of a presigned URL; absent for the Authorization header. */
  readonly expiresSeconds?: number;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** A presigned URL is valid for seven days at most. */
const LONGEST_EXPIRY_SECONDS = 604_800;

const malformed = (message: string) => new AwsError('IncompleteSignature', message, 400);

/** Reads the claim from the Authorization header or the query; `undefined` where the request carries neither. */
export function readSignatureClaim(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): SignatureClaim | undefined {
  const authorization = headers.authorization;
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')) {
    if (authorization !== undefined)
      throw malformed('Only one auth mechanism allowed: Authorization header or query string');
    return readQuery(query);
  }
  if (authorization === undefined || /^bearer /i.test(authorization)) return undefined;
  return readHeader(authorization, headers);
}

function readHeader(authorization: string, headers: IncomingHttpHeaders): SignatureClaim {
  const [algorithm, ...rest] = authorization.split(' ');
  if (algorithm !== ALGORITHM) throw malformed(`Unsupported authorization type: ${algorithm ?? ''}`);
  const fields = new Map<string, string>();
  for (const part of rest.join(' ').split(',')) {
    const [name = '', ...value] = part.trim().split('=');
    fields.set(name, value.join('='));
  }
  const required = (name: string) => {
    const value = fields.get(name);
    if (!value) throw malformed(`Authorization header requires '${name}' parameter.`);
    return value;
  };
  const timestamp = headers['x-amz-date'];
  if (typeof timestamp !== 'string') throw malformed('A signed request requires the header X-Amz-Date.');
  const token = headers['x-amz-security-token'];
  return {
    ...readScope(required('Credential'), timestamp),
    signedHeaders: required('SignedHeaders').toLowerCase().split(';'),
    signature: required('Signature'),
    sessionToken: typeof token === 'string' ? token : undefined,
  };
}

function readQuery(query: URLSearchParams): SignatureClaim {
  const required = (name: string) => {
    const value = query.get(name);
    if (!value) throw malformed(`Query-string authentication requires ${name}.`);
    return value;
  };
  if (required('X-Amz-Algorithm') !== ALGORITHM)
    throw malformed(`X-Amz-Algorithm only supports ${ALGORITHM}`);
  const expires = required('X-Amz-Expires');
  const expiresSeconds = Number(expires);
  if (!/^\d+$/.test(expires) || expiresSeconds < 1 || expiresSeconds > LONGEST_EXPIRY_SECONDS)
    throw malformed(`X-Amz-Expires must be a number of seconds from 1 to ${LONGEST_EXPIRY_SECONDS}`);
  return {
    ...readScope(required('X-Amz-Credential'), required('X-Amz-Date')),
    signedHeaders: required('X-Amz-SignedHeaders').toLowerCase().split(';'),
    signature: required('X-Amz-Signature'),
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    expiresSeconds,
  };
}

function readScope(credential: string, timestamp: string) {
  const [accessKeyId, scopeDate, region, service, terminator, ...more] = credential.split('/');
  if (!accessKeyId || !scopeDate || !region || !service || terminator !== 'aws4_request' || more.length > 0)
    throw malformed('Credential must have the form <access key id>/<date>/<region>/<service>/aws4_request');
  if (Number.isNaN(signatureTime(timestamp)))
    throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!timestamp.startsWith(scopeDate))
    throw malformed('The date of the Credential is not the date of X-Amz-Date');
  return { accessKeyId, scopeDate, region, service, timestamp };
}

/** Milliseconds since 1970 of a basic-format timestamp; NaN where it is not one. */
export function signatureTime(timestamp: string): number {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(timestamp);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
