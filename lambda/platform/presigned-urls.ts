import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { DirectS3 } from './direct-s3';
import type { ObjectPlace } from './object-store';
import { type PresignedUpload, urlLifetimeSeconds } from './presigned-urls.contract';
import { hexToBase64 } from './s3-checksum';

export interface UploadBinding {
  readonly place: ObjectPlace;
  readonly bytes: number;
  /** SHA-256 of the body, hex. */
  readonly sha256: string;
  readonly contentType: string;
}

/** A part of a multipart upload. */
export interface PartBinding {
  readonly place: ObjectPlace;
  readonly uploadId: string;
  /** From 1. */
  readonly part: number;
  readonly bytes: number;
  /** SHA-256 of the part, hex. */
  readonly sha256: string;
}

/** Presigned URLs of S3. */
export interface UrlSigner {
  /** A PUT that S3 takes once, for this key, length, digest and type only, within the lifetime of URLs. */
  signUpload(binding: UploadBinding): Promise<PresignedUpload>;
  /** A PUT of one part, for this upload, number, length and digest only, within the lifetime of URLs. */
  signPart(binding: PartBinding): Promise<PresignedUpload>;
  /** A GET; with `fileName` the browser saves the object under that name and does not show it. */
  signDownload(place: ObjectPlace, contentType: string, fileName?: string): Promise<string>;
}

export class S3UrlSigner implements UrlSigner {
  private readonly direct: DirectS3;

  /** `s3` must not add checksums of its own: `createPresigningS3Client`. */
  constructor(private readonly s3: S3Client) {
    this.direct = new DirectS3(s3);
  }

  async signUpload(binding: UploadBinding): Promise<PresignedUpload> {
    const headers = {
      'content-type': binding.contentType,
      'content-length': String(binding.bytes),
      'x-amz-checksum-sha256': hexToBase64(binding.sha256),
      'if-none-match': '*',
    };
    return { url: await this.direct.presignPut(binding.place, headers, urlLifetimeSeconds), headers };
  }

  async signPart({ place, uploadId, part, bytes, sha256 }: PartBinding): Promise<PresignedUpload> {
    const headers = { 'content-length': String(bytes), 'x-amz-checksum-sha256': hexToBase64(sha256) };
    const query = { partNumber: String(part), uploadId };
    return { url: await this.direct.presignPut(place, headers, urlLifetimeSeconds, query), headers };
  }

  signDownload(place: ObjectPlace, contentType: string, fileName?: string): Promise<string> {
    return getSignedUrl(
      this.s3,
      new GetObjectCommand({
        Bucket: place.bucket,
        Key: place.key,
        ResponseContentType: contentType,
        ...(fileName === undefined
          ? {}
          : { ResponseContentDisposition: `attachment; filename="${fileName}"` }),
      }),
      { expiresIn: urlLifetimeSeconds },
    );
  }
}
