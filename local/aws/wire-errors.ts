import type { ServerResponse } from 'node:http';
import type { AwsError, AwsService, WireProtocol } from './service';

const PROTOCOLS: Readonly<Record<string, WireProtocol>> = {
  s3: 's3-xml',
  sts: 'query-xml',
  iam: 'query-xml',
  kms: 'json-1.1',
  events: 'json-1.1',
  logs: 'json-1.1',
  dynamodb: 'json-1.0',
  states: 'json-1.0',
  sqs: 'json-1.0',
};

/** The protocol that a service speaks on AWS; REST with JSON bodies where nothing else is said. */
export function protocolOf(service: AwsService | undefined, signingName: string): WireProtocol {
  return service?.protocol ?? PROTOCOLS[signingName] ?? 'rest-json';
}

type Naming = readonly [s3: string, s3Status: number, query: string, json: string];

/** What the gateway and `Caller.authorise` refuse is called differently by S3, by query and by JSON services. */
const NAMES: Readonly<Record<string, Naming>> = {
  AccessDenied: ['AccessDenied', 403, 'AccessDenied', 'AccessDeniedException'],
  ExpiredToken: ['ExpiredToken', 400, 'ExpiredToken', 'ExpiredTokenException'],
  HeadersNotSigned: ['AccessDenied', 403, 'SignatureDoesNotMatch', 'InvalidSignatureException'],
  IncompleteSignature: [
    'AuthorizationHeaderMalformed',
    400,
    'IncompleteSignature',
    'IncompleteSignatureException',
  ],
  InvalidClientTokenId: ['InvalidAccessKeyId', 403, 'InvalidClientTokenId', 'UnrecognizedClientException'],
  MissingAuthenticationToken: [
    'AccessDenied',
    403,
    'MissingAuthenticationToken',
    'MissingAuthenticationTokenException',
  ],
  RequestExpired: ['AccessDenied', 403, 'RequestExpired', 'InvalidSignatureException'],
  RequestTimeTooSkewed: ['RequestTimeTooSkewed', 403, 'SignatureDoesNotMatch', 'InvalidSignatureException'],
  SignatureDoesNotMatch: ['SignatureDoesNotMatch', 403, 'SignatureDoesNotMatch', 'InvalidSignatureException'],
  XAmzContentSHA256Mismatch: [
    'XAmzContentSHA256Mismatch',
    400,
    'SignatureDoesNotMatch',
    'InvalidSignatureException',
  ],
  InternalFailure: ['InternalError', 500, 'InternalFailure', 'InternalServerError'],
};

function named(error: AwsError, protocol: WireProtocol): { code: string; status: number } {
  const names = NAMES[error.code];
  if (names === undefined) return { code: error.code, status: error.statusCode };
  const [s3, s3Status, query, json] = names;
  if (protocol === 's3-xml') return { code: s3, status: s3Status };
  if (error.statusCode >= 500)
    return { code: protocol === 'query-xml' ? query : json, status: error.statusCode };
  if (protocol === 'query-xml')
    return { code: query, status: error.code === 'IncompleteSignature' ? 400 : 403 };
  return { code: json, status: protocol === 'rest-json' ? 403 : 400 };
}

/** Writes an error as the protocol's clients expect it. Headers that are already set stay. */
export function writeError(
  error: AwsError,
  protocol: WireProtocol,
  requestId: string,
  response: ServerResponse,
): void {
  const { code, status } = named(error, protocol);
  const [contentType, body] = errorBody(error, code, protocol, requestId, status);
  response.statusCode = status;
  response.setHeader(protocol === 's3-xml' ? 'x-amz-request-id' : 'x-amzn-RequestId', requestId);
  if (protocol === 'rest-json') response.setHeader('x-amzn-ErrorType', code);
  if (status === 304 || response.req.method === 'HEAD') {
    response.end();
    return;
  }
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

function errorBody(
  error: AwsError,
  code: string,
  protocol: WireProtocol,
  requestId: string,
  status: number,
): [contentType: string, body: string] {
  switch (protocol) {
    case 's3-xml': {
      const details = Object.entries(error.details).map(([name, value]) => element(name, String(value)));
      return [
        'application/xml',
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${element('Code', code)}${element('Message', error.message)}${details.join('')}${element('RequestId', requestId)}</Error>`,
      ];
    }
    case 'query-xml':
      return [
        'text/xml',
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>${element('Type', status < 500 ? 'Sender' : 'Receiver')}${element('Code', code)}${element('Message', error.message)}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
      ];
    case 'rest-json':
      return ['application/json', JSON.stringify({ ...error.details, message: error.message })];
    default:
      return [
        `application/x-amz-${protocol}`,
        JSON.stringify({ ...error.details, __type: code, message: error.message }),
      ];
  }
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an XML element; control characters become references, as S3 writes them. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"']|\p{Cc}/gu,
    (character) => XML_ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}
