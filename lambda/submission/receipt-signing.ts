import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { canonicalJson } from '../platform/canonical-json';
import type { ReceiptKey, ReceiptPayload, SignedReceipt } from './submission.contract';

/** Length of r and of s on P-256, in bytes. */
const coordinateLength = 32;

/** The key pair that signs receipts. */
export interface ReceiptSigner {
  publicKey(): Promise<ReceiptKey>;
  /** Signs a SHA-256 digest; the signature is ASN.1 DER, as KMS gives it. */
  signDigest(digest: Buffer): Promise<Buffer>;
}

/** Thumbprint of an EC public key: SHA-256 over its required members in order of name (RFC 7638 §3.2). */
function thumbprint(key: { crv: string; kty: string; x: string; y: string }): string {
  const { crv, kty, x, y } = key;
  return createHash('sha256').update(canonicalJson({ crv, kty, x, y })).digest('base64url');
}

/** The JWK of a P-256 public key given as DER SubjectPublicKeyInfo. */
export function receiptKeyOf(subjectPublicKeyInfo: Uint8Array): ReceiptKey {
  const jwk: JsonWebKey = createPublicKey({
    key: Buffer.from(subjectPublicKeyInfo),
    format: 'der',
    type: 'spki',
  }).export({ format: 'jwk' });
  const { kty, crv, x, y } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined)
    throw new Error('the receipt key is not an EC key on P-256');
  return { kty, crv, x, y, kid: thumbprint({ kty, crv, x, y }), alg: 'ES256', use: 'sig' };
}

/**
 * An ECDSA signature from ASN.1 DER (SEQUENCE of two INTEGERs) to the 64 bytes r ‖ s of JWS (RFC 7518 §3.4).
 * @throws Error where it is not such a sequence.
 */
export function rawSignature(der: Uint8Array): Buffer {
  const bytes = Buffer.from(der);
  const malformed = () => new Error('not an ECDSA signature in DER');
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) throw malformed();
  let offset = 2;
  const coordinate = (): Buffer => {
    const length = bytes[offset + 1];
    if (bytes[offset] !== 0x02 || length === undefined || length < 1 || offset + 2 + length > bytes.length)
      throw malformed();
    let value = bytes.subarray(offset + 2, offset + 2 + length);
    offset += 2 + length;
    while (value.length > coordinateLength && value[0] === 0) value = value.subarray(1);
    if (value.length > coordinateLength) throw malformed();
    return Buffer.concat([Buffer.alloc(coordinateLength - value.length), value]);
  };
  const raw = Buffer.concat([coordinate(), coordinate()]);
  if (offset !== bytes.length) throw malformed();
  return raw;
}

/** Signs a text as a JWS in flattened JSON serialisation, whose header says by `type` what it is. */
export async function signText(signer: ReceiptSigner, type: string, text: string): Promise<SignedReceipt> {
  const { kid } = await signer.publicKey();
  const header = Buffer.from(canonicalJson({ alg: 'ES256', kid, typ: type })).toString('base64url');
  const body = Buffer.from(text).toString('base64url');
  const digest = createHash('sha256').update(`${header}.${body}`).digest();
  const signature = rawSignature(await signer.signDigest(digest)).toString('base64url');
  return { payload: body, protected: header, signature };
}

/** Signs a payload as canonical JSON. */
export function signPayload(signer: ReceiptSigner, type: string, payload: unknown): Promise<SignedReceipt> {
  return signText(signer, type, canonicalJson(payload));
}

/** Signs a receipt. */
export function signReceipt(signer: ReceiptSigner, payload: ReceiptPayload): Promise<SignedReceipt> {
  return signPayload(signer, 'nmip-receipt+jws', payload);
}

/** The signing key in KMS (ECC_NIST_P256). */
export class KmsReceiptSigner implements ReceiptSigner {
  private known: ReceiptKey | null = null;

  constructor(
    private readonly kms: KMSClient,
    private readonly keyId: string,
  ) {}

  async publicKey(): Promise<ReceiptKey> {
    if (this.known === null) {
      const answer = await this.kms.send(new GetPublicKeyCommand({ KeyId: this.keyId }));
      if (answer.PublicKey === undefined) throw new Error('KMS gave no public key');
      this.known = receiptKeyOf(answer.PublicKey);
    }
    return this.known;
  }

  async signDigest(digest: Buffer): Promise<Buffer> {
    const answer = await this.kms.send(
      new SignCommand({
        KeyId: this.keyId,
        Message: digest,
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (answer.Signature === undefined) throw new Error('KMS gave no signature');
    return Buffer.from(answer.Signature);
  }
}
