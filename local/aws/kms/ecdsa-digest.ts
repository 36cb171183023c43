import { createECDH, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';

/**
 * ECDSA on P-256 over a digest that the client has computed (`MessageType: DIGEST`). Node's `sign` always hashes what
 * it gets, so here only the group law is left to Node (`createECDH`), the rest of FIPS 186-5 §6.4 is arithmetic modulo
 * the order. Not in constant time: these keys guard nothing but a development machine.
 */

/** Order of the base point of P-256 (SP 800-186 §3.2.1.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const CURVE = 'prime256v1';

/** DER signature over a 32-byte digest. `privateKey` is PKCS #8, DER. */
export function signDigest(privateKey: Buffer, digest: Buffer): Buffer {
  const secret = secretScalar(privateKey);
  for (;;) {
    const nonce = toNumber(randomBytes(32));
    if (nonce === 0n || nonce >= ORDER) continue;
    const r = baseTimes(nonce) % ORDER;
    const s = modulo(inverse(nonce) * (toNumber(digest) + r * secret));
    if (r !== 0n && s !== 0n) return encodeSignature(r, s);
  }
}

/** Whether a DER signature holds over a 32-byte digest. With the private key at hand, u1·G + u2·Q = (u1 + u2·d)·G. */
export function verifyDigest(privateKey: Buffer, digest: Buffer, signature: Buffer): boolean {
  const decoded = decodeSignature(signature);
  if (decoded === undefined) return false;
  const { r, s } = decoded;
  if (r <= 0n || r >= ORDER || s <= 0n || s >= ORDER) return false;
  const inverted = inverse(s);
  const multiple = modulo(inverted * toNumber(digest) + modulo(inverted * r) * secretScalar(privateKey));
  return multiple !== 0n && baseTimes(multiple) % ORDER === r;
}

/** DER signature over a message, hashed with SHA-256. */
export function signMessage(privateKey: Buffer, message: Buffer): Buffer {
  return sign('sha256', message, createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }));
}

export function verifyMessage(privateKey: Buffer, message: Buffer, signature: Buffer): boolean {
  const key = createPublicKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }));
  return verify('sha256', message, key, signature);
}

/** The public key as SubjectPublicKeyInfo, DER. */
export function publicKeyOf(privateKey: Buffer): Buffer {
  const key = createPublicKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }));
  return key.export({ type: 'spki', format: 'der' });
}

function secretScalar(privateKey: Buffer): bigint {
  const { d } = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  return toNumber(Buffer.from(d ?? '', 'base64url'));
}

/** The x coordinate of a multiple of the base point. */
function baseTimes(scalar: bigint): bigint {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
  return toNumber(ecdh.getPublicKey().subarray(1, 33));
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`);
}

function modulo(value: bigint): bigint {
  const rest = value % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}

/** By the extended Euclidean algorithm; the order is prime. */
function inverse(value: bigint): bigint {
  let [rest, nextRest] = [ORDER, modulo(value)];
  let [factor, nextFactor] = [0n, 1n];
  while (nextRest !== 0n) {
    const quotient = rest / nextRest;
    [rest, nextRest] = [nextRest, rest - quotient * nextRest];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return modulo(factor);
}

function encodeSignature(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([encodeInteger(r), encodeInteger(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function encodeInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  let bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  if ((bytes[0] ?? 0) >= 0x80) bytes = Buffer.concat([Buffer.from([0]), bytes]);
  return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]);
}

/** DER: SEQUENCE of two INTEGERs, of lengths below 128. */
function decodeSignature(signature: Buffer): { r: bigint; s: bigint } | undefined {
  if (signature[0] !== 0x30 || signature[1] !== signature.length - 2) return undefined;
  const r = decodeInteger(signature, 2);
  const s = r && decodeInteger(signature, r.end);
  return r && s && s.end === signature.length ? { r: r.value, s: s.value } : undefined;
}

function decodeInteger(bytes: Buffer, at: number): { value: bigint; end: number } | undefined {
  const length = bytes[at + 1] ?? 0;
  const end = at + 2 + length;
  if (bytes[at] !== 0x02 || length === 0 || length > 33 || end > bytes.length) return undefined;
  return { value: toNumber(bytes.subarray(at + 2, end)), end };
}
