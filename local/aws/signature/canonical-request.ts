import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../service';

/** The parts of a request that are signed. */
export interface SignableRequest {
  readonly method: string;
  /** Path as sent, percent-encoding untouched. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The canonical request of Signature Version 4.
 * @param signedHeaders lower-case names, sorted as the client sent them
 * @param payloadHash hex SHA-256 of the body or one of the words that stand for it
 */
export function canonicalRequest(
  request: SignableRequest,
  service: string,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  return [
    request.method,
    canonicalPath(request.rawPath, service),
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${canonicalHeader(request.headers, name)}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** S3 signs the path encoded once; every other service normalises it and encodes what was sent once more. */
function canonicalPath(rawPath: string, service: string): string {
  if (service === 's3') {
    return decodePath(rawPath).split('/').map(encodeStrictly).join('/');
  }
  const segments: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(encodeStrictly(segment));
  }
  const trailing = segments.length > 0 && rawPath.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${trailing}`;
}

/** Throws `InvalidURI` on a path whose percent-encoding is not UTF-8. */
export function decodePath(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400);
  }
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs: string[] = [];
  for (const [name, value] of query) {
    if (name !== 'X-Amz-Signature') pairs.push(`${encodeStrictly(name)}=${encodeStrictly(value)}`);
  }
  return pairs.sort(compareEncodedPairs).join('&');
}

/** Order by encoded name, then encoded value; `=` must not take part in the comparison of names. */
function compareEncodedPairs(a: string, b: string): number {
  const [nameA = '', valueA = ''] = a.split('=');
  const [nameB = '', valueB = ''] = b.split('=');
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return valueA < valueB ? -1 : valueA > valueB ? 1 : 0;
}

function canonicalHeader(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text.trim().replace(/\s+/g, ' ');
}

/** Percent-encoding of RFC 3986: everything but letters, digits, `-`, `.`, `_` and `~`. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
