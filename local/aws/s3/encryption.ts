import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { KeyUse } from '../kms/key-use';
import { AwsError, type Caller } from '../service';
import type { Bucket } from './bucket';
import { invalidArgument, notImplemented } from './s3-errors';

/** Asks KMS for the caller on behalf of S3. The bytes on disk stay plain: local/README.md. */
export class Encryption {
  constructor(
    private readonly keys: KeyUse,
    private readonly region: string,
  ) {}

  /**
   * The key that a new object is encrypted with, by the request's headers, else the bucket's default; `undefined` for
   * keys of S3.
   */
  keyFor(bucket: Bucket, headers: IncomingHttpHeaders): string | undefined {
    if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined)
      throw notImplemented('Server-side encryption with customer-provided keys');
    const algorithm = headers['x-amz-server-side-encryption'];
    const keyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
    switch (algorithm) {
      case undefined:
        return bucket.definition.kmsKeyArn;
      case 'AES256':
        return undefined;
      case 'aws:kms':
        if (typeof keyId === 'string') return this.keys.resolveKeyArn(keyId);
        if (bucket.definition.kmsKeyArn === undefined) throw notImplemented('The AWS managed key aws/s3');
        return bucket.definition.kmsKeyArn;
      default:
        throw invalidArgument(
          'The encryption method specified is not supported',
          'x-amz-server-side-encryption',
        );
    }
  }

  /** Writing asks for a data key; a multipart upload for decryption as well, since parts are read back. */
  authoriseWrite(
    caller: Caller,
    bucket: Bucket,
    key: string,
    keyArn: string | undefined,
    multipart = false,
  ): void {
    if (keyArn === undefined) return;
    this.ask(caller, bucket, key, keyArn, 'GenerateDataKey');
    if (multipart) this.ask(caller, bucket, key, keyArn, 'Decrypt');
  }

  authoriseRead(caller: Caller, bucket: Bucket, key: string, keyArn: string | undefined): void {
    if (keyArn !== undefined) this.ask(caller, bucket, key, keyArn, 'Decrypt');
  }

  private ask(
    caller: Caller,
    bucket: Bucket,
    key: string,
    keyArn: string,
    operation: 'GenerateDataKey' | 'Decrypt',
  ): void {
    const encrypted = bucket.definition.bucketKey ? bucket.arn : `${bucket.arn}/${key}`;
    const context = {
      'kms:ViaService': `s3.${this.region}.amazonaws.com`,
      'kms:EncryptionContext:aws:s3:arn': encrypted,
      'kms:EncryptionContextKeys': ['aws:s3:arn'],
      'aws:ViaAWSService': 'true',
      'aws:CalledVia': ['s3.amazonaws.com'],
      'aws:CalledViaFirst': 's3.amazonaws.com',
      'aws:CalledViaLast': 's3.amazonaws.com',
    };
    try {
      this.keys.authoriseUse(caller, keyArn, operation, context);
    } catch (error) {
      throw asSeenThroughS3(error);
    }
  }
}

/** S3 hands KMS's own refusals on with the prefix `KMS.`; a missing permission is plain AccessDenied. */
function asSeenThroughS3(error: unknown): unknown {
  if (!(error instanceof AwsError) || error.code === 'AccessDenied') return error;
  return new AwsError(`KMS.${error.code}`, error.message, 400);
}

export function writeEncryptionHeaders(
  response: ServerResponse,
  bucket: Bucket,
  kmsKeyArn: string | undefined,
): void {
  if (kmsKeyArn === undefined) {
    response.setHeader('x-amz-server-side-encryption', 'AES256');
    return;
  }
  response.setHeader('x-amz-server-side-encryption', 'aws:kms');
  response.setHeader('x-amz-server-side-encryption-aws-kms-key-id', kmsKeyArn);
  if (bucket.definition.bucketKey)
    response.setHeader('x-amz-server-side-encryption-bucket-key-enabled', 'true');
}
