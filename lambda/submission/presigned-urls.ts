import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { hexToBase64, type ObjectPlace } from '../platform/object-store';
import { type PresignedUpload, urlLifetimeSeconds } from './submission.contract';

export interface UploadBinding {
  readonly place: ObjectPlace;
  readonly bytes: number;
  /** SHA-256 of the body, hex. */
  readonly sha256: string;
  readonly contentType: string;
}

/** Presigned URLs of S3. */
export interface UrlSigner {
  /** A PUT that S3 takes once, for this key, length, digest and type only, within the lifetime of URLs. */
  signUpload(binding: UploadBinding): Promise<PresignedUpload>;
  signDownload(place: ObjectPlace, contentType: string): Promise<string>;
}

/** Headers that S3 checks by the signature. Those named here stay out of the query, where S3 would not enforce them. */
const boundHeaders = ['x-amz-checksum-sha256', 'if-none-match'];

const signedHeaders = ['host', 'content-type', 'content-length', ...boundHeaders];

export class S3UrlSigner implements UrlSigner {
  /** `s3` must not add checksums of its own: `createPresigningS3Client`. */
  constructor(private readonly s3: S3Client) {}

  async signUpload(binding: UploadBinding): Promise<PresignedUpload> {
    const checksum = hexToBase64(binding.sha256);
    const url = await getSignedUrl(
      this.s3,
      new PutObjectCommand({
        Bucket: binding.place.bucket,
        Key: binding.place.key,
        ContentLength: binding.bytes,
        ContentType: binding.contentType,
        ChecksumSHA256: checksum,
        IfNoneMatch: '*',
      }),
      {
        expiresIn: urlLifetimeSeconds,
        unhoistableHeaders: new Set(boundHeaders),
        signableHeaders: new Set(signedHeaders),
      },
    );
    return {
      url,
      headers: {
        'content-type': binding.contentType,
        'content-length': String(binding.bytes),
        'x-amz-checksum-sha256': checksum,
        'if-none-match': '*',
      },
    };
  }

  signDownload(place: ObjectPlace, contentType: string): Promise<string> {
    return getSignedUrl(
      this.s3,
      new GetObjectCommand({ Bucket: place.bucket, Key: place.key, ResponseContentType: contentType }),
      { expiresIn: urlLifetimeSeconds },
    );
  }
}
