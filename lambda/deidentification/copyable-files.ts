import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, NotFound, type S3Client } from '@aws-sdk/client-s3';
import { pixelSegments } from '../../dicom/deidentify/pixel-segments';
import type { RangedSource } from '../../dicom/read/ranged-source';
import type { CopySource } from '../platform/multipart-upload';
import { landingKey } from '../platform/object-keys';
import type { ObjectPlace } from '../platform/object-store';
import { hexToBase64 } from '../platform/s3-checksum';
import type { LandedFile, Landing } from './landed-files';

/** A landed file whose content is known to be what the manifest says, though nobody read it here. */
export interface CopyableFile {
  readonly source: RangedSource;
  readonly origin: CopySource;
}

export interface ExpectedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Present where `sha256` is that of the SHA-256 of the parts in which the file was sent. */
  readonly digest?: 'parts' | undefined;
}

export interface CopyableFiles {
  /** Null where a file is not worth copying from, or S3 does not vouch for its content: then it is to be read. */
  find(place: ObjectPlace, expected: ExpectedFile): Promise<CopyableFile | null>;
}

/** A landed file whose parts may be copied; null where it is to be read, as everything out of an archive is. */
export async function findCopyable(
  files: CopyableFiles | undefined,
  { bucket, submissionId }: Landing,
  file: LandedFile & ExpectedFile,
): Promise<CopyableFile | null> {
  if (files === undefined || file.archived !== undefined) return null;
  return files.find({ bucket, key: landingKey(submissionId, file.ordinal) }, file);
}

/** Whether a checksum that S3 holds is that of a file: of a file in parts with their number behind it. */
function isChecksumOf({ sha256, digest }: ExpectedFile, checksum: string | undefined): boolean {
  const [value, parts] = checksum?.split('-') ?? [];
  return value === hexToBase64(sha256) && (parts !== undefined) === (digest === 'parts');
}

/**
 * Landed objects whose SHA-256, which S3 compared when they were put, is that of the manifest. All later reads and copies
 * name the object's tag, so S3 refuses them should anything else stand there by then.
 */
export class S3CopyableFiles implements CopyableFiles {
  constructor(
    private readonly s3: S3Client,
    /** Pixel data below this is not copied, so neither is any of a file below it. */
    private readonly leastBytes = pixelSegments.threshold,
  ) {}

  async find({ bucket, key }: ObjectPlace, expected: ExpectedFile): Promise<CopyableFile | null> {
    const { bytes } = expected;
    if (bytes < this.leastBytes) return null;
    const head = await this.head({ bucket, key });
    if (head?.ETag === undefined || head.ContentLength !== bytes) return null;
    if (!isChecksumOf(expected, head.ChecksumSHA256)) return null;
    const origin = { bucket, key, etag: head.ETag };
    return { origin, source: { bytes, read: (from, end) => this.read(origin, from, end) } };
  }

  private async head({ bucket, key }: ObjectPlace) {
    try {
      return await this.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }));
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
  }

  private async *read({ bucket, key, etag }: CopySource, from: number, end: number): AsyncGenerator<Buffer> {
    const answer = await this.s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        IfMatch: etag,
        Range: `bytes=${from}-${end - 1}`,
      }),
    );
    // On Node the SDK's body is always an IncomingMessage.
    const body = answer.Body as Readable;
    try {
      yield* body;
    } finally {
      body.destroy();
    }
  }
}
