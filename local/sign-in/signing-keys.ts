import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../storage/json-file';

const keyFile = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1),
});

type SigningKeys = z.infer<typeof keyFile>;

/** The issuer's private keys, made once and kept, so that tokens outlive a restart. ECDSA on P-256 (ES256). */
export async function signingKeys(dataFolder: string): Promise<SigningKeys> {
  const path = join(dataFolder, 'sign-in', 'jwks.json');
  const stored = readJsonFile(path);
  if (stored !== undefined) return keyFile.parse(stored);
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const made = keyFile.parse({
    keys: [{ ...jwk, kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'ES256' }],
  });
  writeJsonFile(path, made, 0o600);
  return made;
}
