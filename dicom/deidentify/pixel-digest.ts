import { type CipherGCM, createCipheriv, createHmac } from 'node:crypto';

/** Nothing is encrypted, and the tag that this value masks is never shown: it need not change. */
const initialisationVector = Buffer.alloc(12);

/**
 * Keyed digest of pixel data in the order in which it comes: equal for equal bytes under one key, and nobody without the
 * key can tell what it was made of. A universal hash under AES (GMAC, NIST SP 800-38D), then HMAC-SHA-256 of its tag: an
 * order of magnitude faster than SHA-256, which the output needs besides.
 */
export class PixelDigest {
  readonly #hash: CipherGCM;

  /** `key` has 32 bytes. */
  constructor(private readonly key: Buffer) {
    this.#hash = createCipheriv('aes-256-gcm', key, initialisationVector);
  }

  update(piece: Buffer): void {
    this.#hash.setAAD(piece);
  }

  /** 64 hex digits; once. */
  digest(): string {
    this.#hash.final();
    return createHmac('sha256', this.key).update(this.#hash.getAuthTag()).digest('hex');
  }
}
