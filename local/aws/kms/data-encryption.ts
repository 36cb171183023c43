import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AwsError } from '../service';

export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * Ciphertext of a symmetric key: version byte, key id (36 characters), initialisation vector, tag, AES-256-GCM
 * ciphertext. The encryption context is authenticated and not held.
 */
const VERSION = 1;
const KEY_ID_BYTES = 36;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

const invalid = () =>
  new AwsError('InvalidCiphertextException', 'The ciphertext is not one of this account.', 400);

export function encrypt(keyId: string, key: Buffer, plaintext: Buffer, context: EncryptionContext): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(authenticated(keyId, context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(keyId), iv, cipher.getAuthTag(), ciphertext]);
}

/** The id of the key that made a ciphertext. Throws `InvalidCiphertextException`. */
export function keyIdOfCiphertext(blob: Buffer): string {
  if (blob.length < HEADER_BYTES || blob[0] !== VERSION) throw invalid();
  return blob.subarray(1, 1 + KEY_ID_BYTES).toString('latin1');
}

/** Throws `InvalidCiphertextException` where the bytes or the context are not those of the encryption. */
export function decrypt(keyId: string, key: Buffer, blob: Buffer, context: EncryptionContext): Buffer {
  const ivAt = 1 + KEY_ID_BYTES;
  const tagAt = ivAt + IV_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(ivAt, tagAt));
  decipher.setAAD(authenticated(keyId, context));
  decipher.setAuthTag(blob.subarray(tagAt, HEADER_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEADER_BYTES)), decipher.final()]);
  } catch {
    throw invalid();
  }
}

function authenticated(keyId: string, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([keyId, pairs]));
}
