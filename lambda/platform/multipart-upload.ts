import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { encodeCopySource } from './copy-source';
import { DirectS3 } from './direct-s3';
import type { ObjectPlace } from './object-store';

/** An object in the one state in which it may be copied: S3 refuses to copy it once it was replaced. */
export interface CopySource extends ObjectPlace {
  readonly etag: string;
}

/** Bytes of an object from `start` to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface UploadedPart {
  readonly etag: string;
  /** Base64, as S3 has computed it or compared it. */
  readonly sha256: string;
  readonly bytes: number;
}

function unanswered(what: string): Error {
  return new Error(`S3 gave no ${what}`);
}

/** A multipart upload of which S3 keeps the SHA-256 of each part. Nothing can be read under the key before `complete`. */
export class MultipartUpload {
  private readonly parts = new Map<number, UploadedPart>();

  private constructor(
    private readonly s3: S3Client,
    private readonly direct: DirectS3,
    private readonly place: ObjectPlace,
    private readonly uploadId: string,
  ) {}

  static async start(
    s3: S3Client,
    place: ObjectPlace,
    attributes: Pick<CreateMultipartUploadCommandInput, 'ContentType' | 'Metadata' | 'Tagging'>,
  ): Promise<MultipartUpload> {
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({
        Bucket: place.bucket,
        Key: place.key,
        ...attributes,
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    if (UploadId === undefined) throw unanswered('id of an upload');
    return new MultipartUpload(s3, new DirectS3(s3), place, UploadId);
  }

  /** Puts a part; `sha256` of it, hex: S3 refuses other bytes. Numbers begin at 1. */
  async put(number: number, body: Buffer, sha256: string): Promise<void> {
    const { bucket, key } = this.place;
    const { uploadId } = this;
    const checksum = Buffer.from(sha256, 'hex').toString('base64');
    const etag =
      (await this.direct.putPart({ bucket, key, uploadId, number }, body, sha256)) ??
      (
        await this.s3.send(
          new UploadPartCommand({
            Bucket: bucket,
            Key: key,
            UploadId: uploadId,
            PartNumber: number,
            Body: body,
            ChecksumSHA256: checksum,
          }),
        )
      ).ETag;
    if (etag === undefined) throw unanswered('tag of a part');
    this.parts.set(number, { etag, sha256: checksum, bytes: body.length });
  }

  /** Copies bytes of another object inside S3; gives their SHA-256 as S3 computed it, hex. */
  async copy(number: number, source: CopySource, { start, end }: ByteRange): Promise<string> {
    const { bucket, key } = this.place;
    const { CopyPartResult: copied } = await this.s3.send(
      new UploadPartCopyCommand({
        Bucket: bucket,
        Key: key,
        UploadId: this.uploadId,
        PartNumber: number,
        CopySource: encodeCopySource(source),
        CopySourceIfMatch: source.etag,
        CopySourceRange: `bytes=${start}-${end - 1}`,
      }),
    );
    if (copied?.ETag === undefined || copied.ChecksumSHA256 === undefined)
      throw unanswered('tag and checksum of a copied part');
    this.parts.set(number, { etag: copied.ETag, sha256: copied.ChecksumSHA256, bytes: end - start });
    return Buffer.from(copied.ChecksumSHA256, 'base64').toString('hex');
  }

  /** Makes the parts an object, in the order of their numbers. */
  async complete(): Promise<void> {
    const parts = [...this.parts].sort(([left], [right]) => left - right);
    await this.s3.send(
      new CompleteMultipartUploadCommand({
        Bucket: this.place.bucket,
        Key: this.place.key,
        UploadId: this.uploadId,
        MultipartUpload: {
          Parts: parts.map(([PartNumber, { etag, sha256 }]) => ({
            PartNumber,
            ETag: etag,
            ChecksumSHA256: sha256,
          })),
        },
        MpuObjectSize: parts.reduce((sum, [, { bytes }]) => sum + bytes, 0),
      }),
    );
  }

  /** Removes what was sent. Once no part is under way. */
  async abort(): Promise<void> {
    await this.s3.send(
      new AbortMultipartUploadCommand({
        Bucket: this.place.bucket,
        Key: this.place.key,
        UploadId: this.uploadId,
      }),
    );
  }
}
