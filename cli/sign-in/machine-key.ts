import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { CommandError, exitCode } from '../terminal/exit-code';

/** The private key of a machine, and how it signs. */
export interface MachineKey {
  readonly key: KeyObject;
  /** Signature algorithm (RFC 7518 §3.1). */
  readonly algorithm: string;
  /** `kid`, where the key is a JWK that has one. */
  readonly keyId: string | null;
}

/** RSA keys below this are not taken (RFC 7518 §3.3). */
const leastRsaBits = 2048;

const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384' };

/** In order of preference; the issuer says which it takes. */
const rsaAlgorithms = ['PS256', 'RS256', 'PS512', 'RS512'];

function refusal(code: string, message: string, fix: string): CommandError {
  return new CommandError(message, exitCode.usage, { code, fix });
}

const notAKey = () =>
  refusal(
    'KEY_FILE_INVALID',
    'The key file holds no private key that can be used.',
    'Give an RSA key of 2048 bits or more, or an EC key on P-256 or P-384, as PEM without a passphrase or as a JWK.',
  );

async function readPrivateFile(path: string): Promise<string> {
  let mode: number;
  try {
    ({ mode } = await stat(path));
  } catch {
    throw refusal(
      'KEY_FILE_MISSING',
      'The key file cannot be read.',
      'Check the path given with --key, or in NMIP_CLIENT_KEY_FILE.',
    );
  }
  // Windows keeps rights elsewhere, and shows every file as open to all.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw refusal(
      'KEY_FILE_NOT_PRIVATE',
      'Others than its owner can read the key file.',
      'Take their rights away (chmod 600), and give the machine a new key if they may have read this one.',
    );
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw refusal(
      'KEY_FILE_MISSING',
      'The key file cannot be read.',
      'Let the user who runs nmip own the key file.',
    );
  }
}

function jwkOf(text: string): (JsonWebKey & { kid?: unknown; alg?: unknown }) | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw notAKey();
  }
}

function algorithmOf(key: KeyObject, stated: unknown, taken: readonly string[]): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const isRsa = key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= leastRsaBits;
  const possible = isRsa ? rsaAlgorithms : [curves[namedCurve ?? '']].filter((name) => name !== undefined);
  if (possible.length === 0) throw notAKey();
  if (typeof stated === 'string' && possible.includes(stated)) return stated;
  const algorithm = possible.find((name) => taken.length === 0 || taken.includes(name));
  if (algorithm === undefined)
    throw refusal(
      'KEY_NOT_TAKEN',
      'The sign-in service takes no signature of such a key.',
      `Make a key for one of: ${taken.join(', ')}.`,
    );
  return algorithm;
}

/**
 * Reads the key of a machine: PEM (PKCS #8, or the older forms of RSA and EC) or JWK, readable by its owner only.
 * @param taken algorithms that the issuer names for client authentication; none: it names none
 * @throws CommandError (exit 2); never with anything of the file
 */
export async function readMachineKey(path: string, taken: readonly string[]): Promise<MachineKey> {
  const text = await readPrivateFile(path);
  const jwk = jwkOf(text);
  let key: KeyObject;
  try {
    key = jwk === null ? createPrivateKey(text) : createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    throw notAKey();
  }
  return {
    key,
    algorithm: algorithmOf(key, jwk?.alg, taken),
    keyId: typeof jwk?.kid === 'string' ? jwk.kid : null,
  };
}
