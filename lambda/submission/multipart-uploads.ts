import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  NoSuchUpload,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ObjectPlace } from '../platform/object-store';
import { hexToBase64 } from '../platform/s3-checksum';

/** A part that S3 has received. */
export interface ReceivedPart {
  readonly part: number;
  readonly bytes: number;
  /** SHA-256 in hex, as S3 has checked it. */
  readonly sha256: string;
  readonly etag: string;
}

/** Multipart uploads of S3. */
export interface MultipartUploads {
  /** Begins an upload of which S3 will keep the SHA-256 of every part; gives its id. */
  create(place: ObjectPlace, contentType: string): Promise<string>;
  /** The parts that S3 has, in order; null where the upload is not there (any more). */
  listParts(place: ObjectPlace, uploadId: string): Promise<ReceivedPart[] | null>;
  /**
   * Puts the parts together into an object where none stands yet. `exists`: one does; `gone`: the upload is not there
   * (any more).
   */
  complete(
    place: ObjectPlace,
    uploadId: string,
    parts: readonly ReceivedPart[],
  ): Promise<'completed' | 'exists' | 'gone'>;
  /** Ends an upload and deletes its parts; a no-op where it is not there. */
  abort(place: ObjectPlace, uploadId: string): Promise<void>;
}

function isGone(error: unknown): boolean {
  return (
    error instanceof NoSuchUpload || (error instanceof S3ServiceException && error.name === 'NoSuchUpload')
  );
}

export class S3MultipartUploads implements MultipartUploads {
  /**
   * @param s3 lists and aborts
   * @param writer begins and completes: `createQuerySigningS3Client`, since landing takes no other write
   */
  constructor(
    private readonly s3: S3Client,
    private readonly writer: S3Client,
  ) {}

  async create({ bucket, key }: ObjectPlace, contentType: string): Promise<string> {
    const { UploadId } = await this.writer.send(
      new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: contentType,
        ChecksumAlgorithm: 'SHA256',
        ChecksumType: 'COMPOSITE',
      }),
    );
    if (UploadId === undefined) throw new Error('S3 gave no upload id');
    return UploadId;
  }

  async listParts({ bucket, key }: ObjectPlace, uploadId: string): Promise<ReceivedPart[] | null> {
    const received: ReceivedPart[] = [];
    let marker: string | undefined;
    try {
      do {
        const answer = await this.s3.send(
          new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: uploadId, PartNumberMarker: marker }),
        );
        for (const { PartNumber, Size, ChecksumSHA256, ETag } of answer.Parts ?? [])
          if (PartNumber !== undefined && ChecksumSHA256 !== undefined && ETag !== undefined)
            received.push({
              part: PartNumber,
              bytes: Size ?? 0,
              sha256: Buffer.from(ChecksumSHA256, 'base64').toString('hex'),
              etag: ETag,
            });
        marker = answer.IsTruncated === true ? answer.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return received;
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  async complete(
    { bucket, key }: ObjectPlace,
    uploadId: string,
    parts: readonly ReceivedPart[],
  ): Promise<'completed' | 'exists' | 'gone'> {
    try {
      await this.writer.send(
        new CompleteMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          UploadId: uploadId,
          IfNoneMatch: '*',
          ChecksumType: 'COMPOSITE',
          MpuObjectSize: parts.reduce((sum, { bytes }) => sum + bytes, 0),
          MultipartUpload: {
            Parts: parts.map(({ part, etag, sha256 }) => ({
              PartNumber: part,
              ETag: etag,
              ChecksumSHA256: hexToBase64(sha256),
            })),
          },
        }),
      );
      return 'completed';
    } catch (error) {
      if (isGone(error)) return 'gone';
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return 'exists';
      throw error;
    }
  }

  async abort({ bucket, key }: ObjectPlace, uploadId: string): Promise<void> {
    try {
      await this.s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId }));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}
