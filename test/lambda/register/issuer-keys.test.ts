import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { IssuerKeys } from '../../../lambda/register/issuer-keys';
import { SetClock } from './register-fixture';

/** How often keys may be asked for, however many tokens come: rules of `IssuerKeys`, on a clock that is moved by hand. */

let server: Server;
let name: string;
let requests: number;
let status: number;
let keys: JWK[];
let clock: SetClock;
let issuer: IssuerKeys;

async function keyNamed(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const keysAsked = request.url === '/keys';
    if (keysAsked || status !== 200) requests += 1;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(keysAsked ? { keys } : { issuer: name, jwks_uri: `${name}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  name = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  requests = 0;
  status = 200;
  keys = [await keyNamed('first')];
  clock = new SetClock();
  issuer = new IssuerKeys({ issuer: name, clock, timeoutMilliseconds: 2000 });
});

async function find(kid: string): Promise<string> {
  try {
    await issuer.find({ alg: 'ES256', kid }, { payload: '', signature: '' });
    return 'found';
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}

test('many tokens at once ask once', async () => {
  const found = await Promise.all(Array.from({ length: 50 }, () => find('first')));
  expect(new Set(found)).toEqual(new Set(['found']));
  expect(requests).toBe(1);
});

test('a storm of unknown keys asks once in 30 seconds', async () => {
  await find('first');
  for (let second = 0; second < 120; second += 1) {
    const kids = Array.from({ length: 20 }, (_, index) => `forged-${second}-${index}`);
    const found = await Promise.all(kids.map(find));
    expect(new Set(found)).toEqual(new Set(['JWKSNoMatchingKey']));
    clock.moveBy(1);
  }
  // At the start, and at 30, 60 and 90 seconds.
  expect(requests).toBe(4);
});

test('a new key of the issuer is found after at most 30 seconds', async () => {
  await find('first');
  keys = [...keys, await keyNamed('second')];
  clock.moveBy(29);
  expect(await find('second')).toBe('JWKSNoMatchingKey');
  clock.moveBy(1);
  expect(await find('second')).toBe('found');
});

test('a key that the issuer has withdrawn counts for at most ten minutes', async () => {
  await find('first');
  keys = [await keyNamed('second')];
  clock.moveBy(600);
  expect(await find('first')).toBe('found');
  clock.moveBy(1);
  expect(await find('first')).toBe('JWKSNoMatchingKey');
});

test('an issuer that fails is asked once in five seconds', async () => {
  status = 503;
  for (let second = 0; second < 20; second += 1) {
    const found = await Promise.all(Array.from({ length: 20 }, () => find('first')));
    expect(new Set(found)).toEqual(new Set(['Error']));
    clock.moveBy(1);
  }
  expect(requests).toBe(4);
  status = 200;
  expect(await find('first')).toBe('found');
});

test('the last keys of an issuer that fails count for an hour, and it is asked seldom', async () => {
  await find('first');
  status = 503;
  requests = 0;
  clock.moveBy(3600);
  expect(await find('first')).toBe('found');
  expect(await find('first')).toBe('found');
  expect(requests).toBe(1);
  clock.moveBy(1);
  expect(await find('first')).toBe('Error');
});
