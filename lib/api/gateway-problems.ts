import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { httpRefusals } from '../../lambda/platform/http-refusals.contract';

/** Seconds after which a client that was throttled may try again. */
const retryAfterSeconds = 1;

/**
 * What API Gateway answers by itself, by the type of its response. An address or a method that the API does not have ends
 * as a missing token or, with a bearer token, as an invalid signature: there API Gateway expects a request signed for IAM.
 */
const problems = {
  UNAUTHORIZED: 'NOT_SIGNED_IN',
  ACCESS_DENIED: 'ACCESS_DENIED',
  MISSING_AUTHENTICATION_TOKEN: 'ROUTE_NOT_FOUND',
  INVALID_SIGNATURE: 'ROUTE_NOT_FOUND',
  RESOURCE_NOT_FOUND: 'ROUTE_NOT_FOUND',
  BAD_REQUEST_PARAMETERS: 'INVALID_REQUEST',
  BAD_REQUEST_BODY: 'INVALID_REQUEST',
  REQUEST_TOO_LARGE: 'BODY_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  WAF_FILTERED: 'REQUEST_BLOCKED',
  THROTTLED: 'TOO_MANY_REQUESTS',
  QUOTA_EXCEEDED: 'TOO_MANY_REQUESTS',
  DEFAULT_4XX: 'INVALID_REQUEST',
  DEFAULT_5XX: 'INTERNAL_ERROR',
} as const satisfies Readonly<Record<string, keyof typeof httpRefusals>>;

/** The body of a problem that no function answers (RFC 9457), as a template of API Gateway. */
export function problemTemplate(code: keyof typeof httpRefusals, ref: string): string {
  const { status, title, fix } = httpRefusals[code];
  return JSON.stringify({ type: `urn:nmip:problem:${code}`, title, status, code, detail: title, fix, ref });
}

/** Makes every answer that API Gateway gives by itself a problem like those of the functions. */
export function addGatewayProblems(api: RestApi, portalOrigin: string): void {
  for (const name of Object.keys(problems) as (keyof typeof problems)[]) {
    const code = problems[name];
    const { status } = httpRefusals[code];
    api.addGatewayResponse(name.toLowerCase().replaceAll('_', '-'), {
      type: ResponseType[name],
      statusCode: String(status),
      responseHeaders: {
        'Access-Control-Allow-Origin': `'${portalOrigin}'`,
        'Cache-Control': "'no-store'",
        'Content-Type': "'application/problem+json'",
        'X-Content-Type-Options': "'nosniff'",
        ...(status === 429 && { 'Retry-After': `'${retryAfterSeconds}'` }),
      },
      // Chosen by the request's Accept header; this one answers whatever that says.
      templates: { 'application/json': problemTemplate(code, '$context.requestId') },
    });
  }
}
