import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { PolicyDocument } from './policy';

/** What an assumed role session is; times in seconds since 1970. */
const sessionSchema = z.strictObject({
  accessKeyId: z.string(),
  roleArn: z.string(),
  sessionName: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  tags: z.record(z.string(), z.string()),
  transitiveTagKeys: z.array(z.string()),
  sourceIdentity: z.string().optional(),
  inlinePolicy: z.string().optional(),
  policyArns: z.array(z.string()),
});

export type Session = z.infer<typeof sessionSchema>;

/** What a session is made with beyond role, name and time. */
export interface SessionOptions {
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  /** Session policy as JSON text or object. */
  readonly inlinePolicy?: PolicyDocument;
  readonly policyArns?: readonly string[];
}

/** Temporary credentials. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const TOKEN_PREFIX = 'NMIP1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals sessions into their own tokens (AES-256-GCM), so that sessions outlive a restart without a store; the sealing
 * key alone is kept. The secret key follows from the access key id and the sealing key.
 */
export class SessionSeal {
  constructor(private readonly key: Buffer) {}

  newAccessKeyId(): string {
    return `ASIA${Array.from(randomBytes(16), (byte) => BASE32[byte & 31]).join('')}`;
  }

  secretAccessKey(accessKeyId: string): string {
    return createHmac('sha256', this.key).update(accessKeyId).digest('base64').slice(0, 40);
  }

  credentials(session: Session): SessionCredentials {
    return {
      accessKeyId: session.accessKeyId,
      secretAccessKey: this.secretAccessKey(session.accessKeyId),
      sessionToken: this.seal(session),
      expiration: new Date(session.expiresAt * 1000),
    };
  }

  private seal(session: Session): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const sealed = Buffer.concat([cipher.update(deflateRawSync(JSON.stringify(session))), cipher.final()]);
    return TOKEN_PREFIX + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** The session in a token, or `undefined` where the token was not made with this key. */
  unseal(token: string): Session | undefined {
    if (!token.startsWith(TOKEN_PREFIX)) return undefined;
    const bytes = Buffer.from(token.slice(TOKEN_PREFIX.length), 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return sessionSchema.parse(JSON.parse(inflateRawSync(plain).toString('utf8')));
    } catch {
      return undefined;
    }
  }
}
