import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { clientAssertion } from '../../cli/sign-in/client-credentials';
import { readMachineKey } from '../../cli/sign-in/machine-key';
import { CommandError } from '../../cli/terminal/exit-code';

const endpoint = 'https://sign-in.example/token';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'machine-key-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(content: string, mode = 0o600): string {
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, content, { mode });
  return path;
}
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

async function codeOf(path: string, taken: readonly string[] = []): Promise<string | undefined> {
  try {
    await readMachineKey(path, taken);
  } catch (error) {
    if (error instanceof CommandError) return error.hints.code;
    throw error;
  }
  return undefined;
}

test.each([0o640, 0o604, 0o660, 0o644, 0o610])('a key file with mode %o is not read', async (mode) => {
  const path = fileOf(pem(ec('P-256')));
  // The mode of a new file is cut by the umask.
  chmodSync(path, mode);
  expect(await codeOf(path)).toBe('KEY_FILE_NOT_PRIVATE');
});

test.each<[string, () => string]>([
  ['no key', () => 'hello'],
  ['a public key', () => createPublicKey(ec('P-256')).export({ type: 'spki', format: 'pem' }).toString()],
  ['an RSA key that is too short', () => pem(rsa(1024))],
  ['a key for key agreement', () => pem(generateKeyPairSync('x25519').privateKey)],
  ['broken JSON', () => '{"kty":"EC"'],
  ['a shared secret', () => '{"kty":"oct","k":"AAAA"}'],
  [
    'a key under a passphrase',
    () =>
      ec('P-256').export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
  ],
])('%s is refused, without a word of the file', async (_what, make) => {
  expect(await codeOf(fileOf(make()))).toBe('KEY_FILE_INVALID');
});

test('a file that is not there is said to be missing', async () => {
  expect(await codeOf(join(folder, 'nowhere'))).toBe('KEY_FILE_MISSING');
});

test('a key whose signatures the issuer does not take is refused before anything is sent', async () => {
  expect(await codeOf(fileOf(pem(ec('P-256'))), ['RS256', 'RS512'])).toBe('KEY_NOT_TAKEN');
});

test.each<[string, () => KeyObject, readonly string[], string]>([
  ['P-256', () => ec('P-256'), [], 'ES256'],
  ['P-384', () => ec('P-384'), [], 'ES384'],
  ['RSA', () => rsa(2048), [], 'PS256'],
  ['RSA where the issuer takes PKCS #1 only', () => rsa(2048), ['RS256', 'RS512'], 'RS256'],
  ['RSA where the issuer takes RS512 only', () => rsa(2048), ['RS512'], 'RS512'],
])('a key of %s signs', async (_what, make, taken, algorithm) => {
  expect((await readMachineKey(fileOf(pem(make())), taken)).algorithm).toBe(algorithm);
});

test('a JWK names its key and algorithm', async () => {
  const jwk = { ...rsa(2048).export({ format: 'jwk' }), kid: 'key-1', alg: 'RS512' };
  expect(await readMachineKey(fileOf(JSON.stringify(jwk)), [])).toMatchObject({
    keyId: 'key-1',
    algorithm: 'RS512',
  });
});

test('an assertion is for the token endpoint, lives a minute at most, and is never the same twice', async () => {
  const key = await readMachineKey(fileOf(pem(ec('P-256'))), []);
  const signed = await Promise.all([1, 2].map(() => clientAssertion(key, 'machine-1', endpoint)));
  const read = await Promise.all(
    signed.map((assertion) =>
      jwtVerify(assertion, createPublicKey(key.key), {
        issuer: 'machine-1',
        subject: 'machine-1',
        audience: endpoint,
      }),
    ),
  );
  for (const { payload, protectedHeader } of read) {
    expect((payload.exp ?? Number.POSITIVE_INFINITY) - (payload.iat ?? 0)).toBeLessThanOrEqual(60);
    expect(protectedHeader).not.toHaveProperty('jwk');
  }
  expect(new Set(read.map(({ payload }) => payload.jti)).size).toBe(2);
});
