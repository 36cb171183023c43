import { gzipSync } from 'node:zlib';
import type { SeededRandom } from '../dicom/fuzz/seeded-random';

/** Latin letters and the Cyrillic ones that look like them. */
const lookAlikes: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  o: 'о',
  p: 'р',
  s: 'ѕ',
  x: 'х',
};

export function lookAlike(text: string): string {
  return text.replace(/[aceopsx]/, (letter) => lookAlikes[letter] ?? letter);
}

const token = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** Page tokens: garbage, and ones that have the shape of a position but lead nowhere good. */
export const pageTokens = [
  'x',
  '%00',
  'eyJ9',
  token(null),
  token([]),
  token({}),
  token({ pk: 'TRUST#RX1', sk: 'SUBMISSION#' }),
  token({ pk: 'TRUST#RX1', sk: `SUBMISSION#${'x'.repeat(1_300)}` }),
  token({ pk: 'TRUST#RY2', sk: 'SUBMISSION#s-00000000000000000000000000' }),
  token({ pk: 'WITHDRAWALS', sk: 'WITHDRAWAL#' }),
  token({ pk: 'WITHDRAWALS#ALL', sk: `WITHDRAWAL#${'x'.repeat(1_300)}` }),
  token({ after: 1e300 }),
  token({ after: -1 }),
  token({ trust: 'RX1', list: 'KEPT', after: 'x' }),
  token({ trust: 'RX1', list: 'KEPT', after: `TRUNCATED#${'x'.repeat(1_200)}` }),
  token({ trust: 'ZZZ', list: 'ENDED' }),
  token({ collection: 'chest', after: '1.2' }),
  token({ collection: 'zzz', after: null }),
  token({ collection: 'chest', after: 'x'.repeat(1_300) }),
  token({ pk: 'APPLICATION', sk: 'x' }),
  token({ after: 'x' }),
  token({ __proto__: null, key: { pk: 'PERSON#officer-1', sk: 'PERSON' } }),
] as const;

/** Values of a member that do not fit. */
export function misfit(random: SeededRandom, value: unknown): unknown {
  const text = typeof value === 'string' ? value : 'x';
  return random.pick<unknown>([
    null,
    {},
    [],
    [value],
    { value },
    -1,
    0.5,
    1e308,
    2 ** 53,
    true,
    '',
    ' ',
    `${text}\u0000`,
    `${text}\n`,
    lookAlike(text),
    text.toUpperCase(),
    'x'.repeat(10_000),
    '\u202e\u{1f600}'.repeat(50),
    '9434765919',
    '../../etc/passwd',
    "' OR '1'='1",
  ]);
}

/** Segments of a path that try to lead elsewhere. */
export const pathSegments = [
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2fpeople',
  '%2F',
  '%5c',
  '%00',
  '%',
  '%zz',
  '%252e%252e',
  '%C0%AE',
  '%F0%9F%98%80',
  encodeURIComponent('ѕ-00000000000000000000000000'),
  '*',
  '{id}',
  ';role=officer',
  'constructor',
  '__proto__',
  '0x10',
  '1e3',
  '-1',
  '99999999999999999999',
  '%D9%A1',
  'x'.repeat(3_000),
  '',
] as const;

/** Bodies that are not what their content type says. */
export function brokenBody(random: SeededRandom, json: string, limit: number): Buffer {
  const kinds: readonly (() => Buffer)[] = [
    () => Buffer.from(json.slice(0, Math.floor(json.length / 2))),
    () => gzipSync(json),
    () => Buffer.from(`\ufeff${json}`),
    () => Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]),
    () => Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    () => Buffer.from(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
    () => Buffer.from(json.replace('{', '{"__proto__":{"roles":["officer"]},')),
    () => Buffer.from(json.replace('{', '{"constructor":{"prototype":{"roles":["officer"]}},')),
    () => Buffer.from(json.replace('{', '{"reason":1,"reason":2,')),
    () => Buffer.from(`"${'\\ud800'}"`),
    () => Buffer.from('NaN'),
    () => Buffer.from('null'),
    () => Buffer.from('[]'),
    () => Buffer.from('1e999'),
    () => Buffer.alloc(0),
    () => Buffer.from(`{"a":"${'x'.repeat(limit)}"}`),
    () => Buffer.from(' '.repeat(limit + 1)),
    () => random.bytes(64),
  ];
  return random.pick(kinds)();
}

/** Headers that a careless client, or a careful attacker, sends. */
export const oddHeaders: readonly (readonly [string, string])[] = [
  ['if-match', '*'],
  ['if-match', '"1"'],
  ['if-match', '"999999999"'],
  ['if-match', 'W/"1"'],
  ['if-match', '"1", "2"'],
  ['if-match', '1'],
  ['if-match', '"'.repeat(500)],
  ['idempotency-key', ''],
  ['idempotency-key', 'the-same-key'],
  ['idempotency-key', 'x'.repeat(2_000)],
  ['idempotency-key', 'a b#c'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', 'application/json, application/json'],
  ['content-encoding', 'gzip'],
  ['x-http-method-override', 'DELETE'],
  ['x-forwarded-proto', 'javascript'],
  ['x-forwarded-host', 'attacker.example'],
  ['x-original-url', '/v1/people/officer-1'],
  ['accept', 'text/html'],
  ['accept-encoding', 'br;q=1'],
  ['range', 'bytes=0-1'],
  ['if-none-match', '*'],
  ['cookie', `session=${'x'.repeat(3_000)}`],
];

const nobody = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
const officer = Buffer.from('{"sub":"officer-1","roles":["officer"]}').toString('base64url');

/** Authorization headers that nobody may get in with. */
export const badAuthorizations = [
  '',
  'Bearer',
  'Bearer x',
  'Bearer a.b.c',
  `Bearer ${nobody}.${officer}.`,
  'Basic b2ZmaWNlci0xOg==',
  'AWS4-HMAC-SHA256 Credential=x/20261129/eu-west-2/execute-api/aws4_request',
  `Bearer ${'x'.repeat(6_000)}`,
] as const;
