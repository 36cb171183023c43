import type { ManifestEntry } from '../../../lambda/deidentification/pipeline.contract';

/** A file of a submission. */
export interface SentFile {
  readonly bytes: Buffer;
  readonly group: number;
  /** What really lands: other bytes, or nothing (`null`). */
  readonly landed?: Buffer | null;
  /** Where it stands in an archive, of which it then lands as a part. */
  readonly archived?: { readonly archive: number; readonly member: number };
  /** How it is cut, where it travels in parts. */
  readonly parts?: ManifestEntry['parts'];
}

/** An archive of a submission. */
export interface SentArchive {
  readonly bytes: Buffer;
  /** What really lands: other bytes, or nothing (`null`). */
  readonly landed?: Buffer | null;
  /** Sent in parts of these digests; `composite` is what S3 keeps of them. */
  readonly parts?: { readonly sha256: readonly string[]; readonly composite: string };
}
