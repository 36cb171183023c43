import type { SeededRandom } from '../dicom/fuzz/seeded-random';
import type { ValueGenerator } from './generate-value';
import {
  badAuthorizations,
  brokenBody,
  lookAlike,
  misfit,
  oddHeaders,
  pageTokens,
  pathSegments,
} from './hostile-values';
import type { Operation } from './operations';
import type { WireRequest } from './wire-request';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** A request before it is written down. */
interface Draft {
  method: string;
  readonly segments: string[];
  readonly query: [string, string][];
  readonly headers: [string, string][];
  /** JSON text, or bytes that are none. */
  body: Buffer | undefined;
}

function members(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(members);
  return Array.isArray(value) ? below : [value as Record<string, unknown>, ...below];
}

/** Spoils one member of a body, on any level. */
function spoil(body: unknown, random: SeededRandom): unknown {
  const spoilt: unknown = structuredClone(body);
  const objects = members(spoilt);
  if (objects.length === 0) return misfit(random, body);
  const object = random.pick(objects);
  const names = Object.keys(object);
  const name = names.length === 0 ? 'x' : random.pick(names);
  switch (random.below(4)) {
    case 0:
      delete object[name];
      break;
    case 1:
      object[random.pick(['more', 'roles', 'trust', 'isAdmin', lookAlike(name)])] = misfit(random, name);
      break;
    default:
      object[name] = misfit(random, object[name]);
  }
  return spoilt;
}

/** One thing about a request that is wrong. */
type Mutation = (draft: Draft, operation: Operation, random: SeededRandom) => void;

const mutations: readonly Mutation[] = [
  (draft, operation, random) => {
    if (draft.body === undefined) draft.body = Buffer.from('{"x":1}');
    else draft.body = brokenBody(random, draft.body.toString('utf8'), operation.bodyLimit);
  },
  (draft, _operation, random) => {
    const at = 2 + random.below(Math.max(1, draft.segments.length - 2));
    draft.segments[at] = random.pick(pathSegments);
  },
  (draft, _operation, random) => {
    const change = random.below(5);
    const last = draft.segments.length - 1;
    if (change === 0) draft.segments.push('');
    else if (change === 1) draft.segments.splice(2, 0, '');
    else if (change === 2) draft.segments.splice(2, 0, 'x', '..');
    else if (change === 3) draft.segments[last] = lookAlike(draft.segments[last] ?? '');
    else draft.segments[last] = (draft.segments[last] ?? '').toUpperCase();
  },
  (draft, _operation, random) => void draft.query.push(['next', random.pick(pageTokens)]),
  (draft, _operation, random) => {
    const [name] = draft.query[0] ?? ['limit', ''];
    draft.query.push([
      random.pick([name, 'limit', 'endsWithin', 'scope', 'x', '__proto__', 'next']),
      random.pick([
        '',
        '0',
        '-1',
        '1e3',
        '0x10',
        '٣',
        'null',
        'own',
        'all',
        'x'.repeat(5_000),
        '\u0000',
        '%',
      ]),
    ]);
  },
  (draft, _operation, random) => void draft.headers.push([...random.pick(oddHeaders)]),
  (draft, _operation, random) => {
    const [name, value] = random.pick(
      draft.headers.length > 0 ? draft.headers : [['accept', '*/*'] as const],
    );
    draft.headers.push([name, value]);
  },
  (draft, _operation, random) => void draft.headers.splice(random.below(draft.headers.length), 1),
  (draft, _operation, random) => {
    draft.method = random.pick(methods);
  },
  (draft, _operation, random) => {
    draft.headers.push(['authorization', random.pick(badAuthorizations)]);
  },
];

function encoded([name, value]: readonly [string, string]): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

/** Characters that node sends in a header; others it refuses by itself. */
const sendable = (value: string): string => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');

/**
 * A seeded request to an operation: one that fits the description in a quarter of the cases, else one with one to three
 * things wrong.
 * @param authorization of the person who sends it; undefined for nobody
 */
export function makeRequest(
  operation: Operation,
  values: ValueGenerator,
  random: SeededRandom,
  authorization: string | undefined,
): WireRequest {
  const draft: Draft = {
    method: operation.method,
    segments: operation.path.split('/'),
    query: [],
    headers: authorization === undefined ? [] : [['authorization', authorization]],
    body: undefined,
  };
  for (const parameter of operation.parameters) {
    if (!parameter.required && random.chance(0.5)) continue;
    const value = String(values.value(parameter.schema));
    if (parameter.in === 'query') draft.query.push([parameter.name, value]);
    else if (parameter.in === 'header') draft.headers.push([parameter.name, value]);
    else {
      const at = draft.segments.indexOf(`{${parameter.name}}`);
      draft.segments[at] = encodeURIComponent(value);
    }
  }
  if (operation.body !== undefined) {
    const body = values.value(operation.body);
    draft.headers.push(['content-type', 'application/json']);
    draft.body = Buffer.from(JSON.stringify(random.chance(0.4) ? spoil(body, random) : body) ?? 'null');
  }
  const wrong = random.chance(0.35) ? 0 : 1 + random.below(2);
  for (let each = 0; each < wrong; each += 1) random.pick(mutations)(draft, operation, random);
  const query = draft.query.length === 0 ? '' : `?${draft.query.map(encoded).join('&')}`;
  return {
    method: draft.method,
    // node sends no other characters than those of ASCII
    target: `${draft.segments.join('/').replace(/[^\x21-\x7e]+/g, encodeURIComponent)}${query}`,
    headers: draft.headers.map(([name, value]) => [name, sendable(value)]),
    body: draft.body,
  };
}
