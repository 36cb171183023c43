import { refuseRequest } from './http-errors';
import type { PlatformError } from './platform-error';

/** What this needs of API Gateway's event. */
export interface BodyEvent {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/** Levels of arrays and objects; requests of this API have six at most. */
const deepest = 16;

/** Names that mean something else than a member to programs which are not careful. */
const refusedNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Every value of a header, by its lower-case name. */
export function headerValues(event: BodyEvent, name: string): readonly string[] {
  const valuesIn = (headers: Readonly<Record<string, unknown>> | null | undefined): unknown[] =>
    Object.entries(headers ?? {}).flatMap(([sent, value]) => (sent.toLowerCase() === name ? [value] : []));
  const several = valuesIn(event.multiValueHeaders).flat();
  const found = several.length > 0 ? several : valuesIn(event.headers);
  return found.filter((value): value is string => typeof value === 'string');
}

function isPlainJson(contentType: string): boolean {
  return /^\s*application\/json\s*(;\s*charset\s*=\s*("utf-8"|utf-8)\s*)?;?\s*$/i.test(contentType);
}

/** A body without content type is taken for JSON; an odd one, or two, are not. */
function checkMediaType(event: BodyEvent): void {
  const types = headerValues(event, 'content-type');
  const encodings = headerValues(event, 'content-encoding');
  if (
    types.length > 1 ||
    !types.every(isPlainJson) ||
    !encodings.every((value) => value.trim().toLowerCase() === 'identity')
  )
    throw refuseRequest('UNSUPPORTED_MEDIA_TYPE');
}

function notPlain(detail: string): PlatformError {
  return refuseRequest('BODY_NOT_PLAIN', { detail });
}

function checkText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw notPlain('A text has an unpaired surrogate.');
}

/** Looks at every value without recursion: the depth is the sender's to choose. */
function checkPlain(value: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value === 'string') checkText(next.value);
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > deepest) throw notPlain(`It is nested more than ${deepest} levels deep.`);
    for (const [name, member] of Object.entries(next.value)) {
      checkText(name);
      if (refusedNames.has(name)) throw notPlain('A member has a name that no request has.');
      open.push({ value: member, depth: next.depth + 1 });
    }
  }
}

function textOf({ body, isBase64Encoded }: BodyEvent): string {
  return isBase64Encoded === true ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
}

/**
 * Refuses a body above `limit` bytes, before anybody reads it.
 * @throws PlatformError BODY_TOO_LARGE
 */
export function checkBodySize(event: BodyEvent, limit: number): void {
  if (Buffer.byteLength(textOf(event), 'utf8') > limit)
    throw refuseRequest('BODY_TOO_LARGE', { detail: `At most ${limit} bytes are taken here.` });
}

/**
 * The JSON of a request's body.
 * @throws PlatformError UNSUPPORTED_MEDIA_TYPE, BODY_NOT_JSON, BODY_NOT_PLAIN
 */
export function readJsonBody(event: BodyEvent): unknown {
  checkMediaType(event);
  let value: unknown;
  try {
    value = JSON.parse(textOf(event));
  } catch {
    throw refuseRequest('BODY_NOT_JSON');
  }
  checkPlain(value);
  return value;
}
