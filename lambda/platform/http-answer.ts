import type { APIGatewayProxyResult } from 'aws-lambda';
import type { PlatformError } from './platform-error';

const defaultHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An answer in the form that API Gateway takes. */
export function proxyAnswer(answer: Answer, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: answer.status,
    headers: {
      'content-type': answer.contentType,
      ...defaultHeaders,
      'x-request-id': requestId,
      ...answer.headers,
    },
    body: answer.body,
    isBase64Encoded: false,
  };
}

/** The answer to a refusal (RFC 9457). */
export function problemAnswer(error: PlatformError, requestId: string): APIGatewayProxyResult {
  const problem = {
    ...error.extensions,
    type: `urn:nmip:problem:${error.code}`,
    title: error.title,
    status: error.status,
    code: error.code,
    detail: error.detail,
    fix: error.fix,
    ref: requestId,
  };
  return proxyAnswer(
    { status: error.status, contentType: 'application/problem+json', body: JSON.stringify(problem) },
    requestId,
  );
}
