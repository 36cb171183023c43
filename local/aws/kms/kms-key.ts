import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PolicyDocument } from '../iam/policy';
import { AwsError } from '../service';

export type KeySpec = 'SYMMETRIC_DEFAULT' | 'HMAC_256' | 'ECC_NIST_P256';
export type KeyUsage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC' | 'SIGN_VERIFY';

/** What a key of a spec is for; each spec known here has one usage. */
export const USAGE_OF_SPEC: Readonly<Record<KeySpec, KeyUsage>> = {
  SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
  HMAC_256: 'GENERATE_VERIFY_MAC',
  ECC_NIST_P256: 'SIGN_VERIFY',
};

/** A key as a template describes it. */
export interface KeyDefinition {
  /** Stable name, the template's logical id: the same name is the same key at every start. */
  readonly name: string;
  readonly keySpec?: KeySpec;
  readonly keyUsage?: KeyUsage;
  readonly policy: PolicyDocument;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  /** With the prefix `alias/`. */
  readonly aliases?: readonly string[];
}

export const storedKeySchema = z.strictObject({
  name: z.string(),
  keyId: z.string(),
  keySpec: z.enum(['SYMMETRIC_DEFAULT', 'HMAC_256', 'ECC_NIST_P256']),
  createdAt: z.number(),
  /** Milliseconds since 1970; while it is set the key is pending deletion. */
  deletionDate: z.number().optional(),
  /** Base64: 32 random bytes, or the private key as PKCS #8. */
  material: z.string(),
});

/** What is kept of a key between starts. */
export type StoredKey = z.infer<typeof storedKeySchema>;

export function newKeyMaterial(spec: KeySpec): Buffer {
  if (spec !== 'ECC_NIST_P256') return randomBytes(32);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'der' });
}

/** Throws `ValidationException` where usage and spec do not go together. */
export function checkUsage(spec: KeySpec, usage: KeyUsage | undefined): void {
  if (usage !== undefined && usage !== USAGE_OF_SPEC[spec])
    throw new AwsError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
}
