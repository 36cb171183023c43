/** A digest in hex as S3 writes it: base64. */
export function hexToBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** SHA-256 of an object: of all of it, or of the digests of its parts. */
export interface S3Checksum {
  /** SHA-256 of the whole object as S3 holds it, hex; null where it was stored without one. */
  readonly sha256: string | null;
  /** Of an object that came in parts with a SHA-256 each: their number, and the SHA-256 of their digests, hex. */
  readonly composite: { readonly parts: number; readonly sha256: string } | null;
}

/** A SHA-256 as S3 gives it: base64, and behind it the number of parts where it is one of their digests. */
export function readChecksum(text: string | undefined): S3Checksum {
  const [digest, parts] = text?.split('-') ?? [];
  if (digest === undefined) return { sha256: null, composite: null };
  const sha256 = Buffer.from(digest, 'base64').toString('hex');
  return parts === undefined
    ? { sha256, composite: null }
    : { sha256: null, composite: { parts: Number(parts), sha256 } };
}
