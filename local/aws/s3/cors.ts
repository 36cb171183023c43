import type { IncomingMessage, ServerResponse } from 'node:http';
import { markWildcards, matchesPattern } from '../iam/wildcards';
import { AwsError } from '../service';
import type { CorsRule } from './bucket';

/**
 * Writes the CORS headers of a request that carries `Origin`.
 * @returns the rule that applies; `undefined` where none does and no header was written
 */
export function writeCorsHeaders(
  rules: readonly CorsRule[],
  request: IncomingMessage,
  response: ServerResponse,
): CorsRule | undefined {
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const preflight = request.method === 'OPTIONS';
  const method = preflight ? request.headers['access-control-request-method'] : request.method;
  const requestedHeaders = preflight
    ? splitList(String(request.headers['access-control-request-headers'] ?? ''))
    : [];
  const rule = rules.find(
    (candidate) =>
      candidate.allowedOrigins.some((pattern) => fits(pattern, origin)) &&
      candidate.allowedMethods.includes(method ?? '') &&
      requestedHeaders.every((header) =>
        (candidate.allowedHeaders ?? []).some((pattern) => fits(pattern.toLowerCase(), header)),
      ),
  );
  if (rule === undefined) return undefined;
  const everyone = rule.allowedOrigins.includes('*');
  response.setHeader('Access-Control-Allow-Origin', everyone ? '*' : origin);
  if (!everyone) response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', rule.allowedMethods.join(', '));
  response.setHeader('Vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
  if (rule.exposeHeaders?.length)
    response.setHeader('Access-Control-Expose-Headers', rule.exposeHeaders.join(', '));
  if (preflight) {
    if (requestedHeaders.length > 0)
      response.setHeader('Access-Control-Allow-Headers', requestedHeaders.join(', '));
    if (rule.maxAgeSeconds !== undefined)
      response.setHeader('Access-Control-Max-Age', String(rule.maxAgeSeconds));
  }
  return rule;
}

/** Answers a preflight request. Throws `AccessForbidden` where no rule of the bucket allows it. */
export function answerPreflight(
  rules: readonly CorsRule[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (writeCorsHeaders(rules, request, response) === undefined)
    throw new AwsError(
      'AccessForbidden',
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      403,
    );
  response.setHeader('Content-Length', '0');
  response.end();
}

function fits(pattern: string, value: string): boolean {
  return matchesPattern(markWildcards(pattern), value);
}

function splitList(text: string): string[] {
  return text
    .toLowerCase()
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
