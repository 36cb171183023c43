import { z } from 'zod';

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What a function behind a proxy integration must return. */
const proxyResult = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** An HTTP response, ready to be written. */
export interface ApiResponse {
  readonly statusCode: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

/**
 * Reads a function's result. `multiValueHeaders` go before `headers` of the same name.
 * @returns `undefined` where the result is not what API Gateway takes; it answers 502 then
 */
export function readProxyResult(payload: unknown): ApiResponse | undefined {
  const parsed = proxyResult.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  const all = new Map<string, readonly string[]>(Object.entries(multiValueHeaders ?? {}));
  const known = new Set([...all.keys()].map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!known.has(name.toLowerCase())) all.set(name, [value]);
  }
  if (![...all.keys()].some((name) => name.toLowerCase() === 'content-type'))
    all.set('Content-Type', ['application/json']);
  return { statusCode, headers: all, body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8') };
}
