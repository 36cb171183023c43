import type { ApiResponse } from './proxy-result';
import { type GatewayResponseType, gatewayResponses, type RestApi } from './rest-api-definition';

/** A request that API Gateway answers itself. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';

  constructor(
    readonly type: GatewayResponseType,
    readonly detail?: string,
  ) {
    super(detail ?? type);
  }
}

/** Text of a mapping that is a constant: `'*'` → `*`. */
export function constantMapping(mapping: string): string {
  return mapping.replace(/^'(.*)'$/s, '$1');
}

/** Fills `$context.…` in a response template. Directives of VTL are refused when the API is made. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$context\.([A-Za-z.]+)/g, (whole, name: string) => values[name] ?? whole);
}

/** The response of a refusal, as the API's gateway responses change it: by its type, else by DEFAULT_4XX or DEFAULT_5XX. */
export function gatewayResponse(api: RestApi, refusal: GatewayRefusal, requestId: string): ApiResponse {
  const standard = gatewayResponses[refusal.type];
  const own = api.gatewayResponses.get(refusal.type);
  const family = api.gatewayResponses.get(standard.statusCode < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const change = own ?? family;
  const message = refusal.detail ?? standard.message;
  const messageString = JSON.stringify(message);
  const values = {
    requestId,
    extendedRequestId: requestId,
    'error.message': message ?? '',
    'error.messageString': messageString,
    'error.responseType': refusal.type,
    'error.validationErrorString': refusal.detail ?? '',
  };
  const [contentType, template] = Object.entries(change?.templates ?? {})[0] ?? [
    'application/json',
    undefined,
  ];
  const headers = new Map<string, readonly string[]>([
    ['Content-Type', [contentType]],
    ['x-amzn-ErrorType', [refusal.type]],
  ]);
  for (const [name, value] of Object.entries(change?.headers ?? {})) headers.set(name, [value]);
  const body = template === undefined ? `{"message":${messageString}}` : fill(template, values);
  return {
    statusCode: own?.statusCode ?? family?.statusCode ?? standard.statusCode,
    headers,
    body: Buffer.from(body),
  };
}
