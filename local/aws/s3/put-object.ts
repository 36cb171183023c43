import type { IncomingHttpHeaders } from 'node:http';
import { AwsError, type Caller } from '../service';
import { type Bucket, objectArn } from './bucket';
import { readExpectedChecksums } from './checksums';
import { writeEncryptionHeaders } from './encryption';
import {
  bodyLength,
  headerContext,
  readObjectHeaders,
  refuseUnknownWriteHeaders,
  writeChecksumHeaders,
  writeVersionHeader,
} from './object-headers';
import { lockContext, lockOfNewObject } from './object-lock';
import type { ObjectAttributes } from './object-version';
import { ConditionalWrite, readWriteCondition } from './preconditions';
import { invalidRequest } from './s3-errors';
import { causeOf, type ObjectRequest, type S3Platform } from './s3-platform';
import { checkKey, LARGEST_PUT, storeObject } from './store-object';
import { readTagHeader, requestTagContext } from './tags';

export async function putObject(platform: S3Platform, target: ObjectRequest): Promise<void> {
  const { request, response, bucket, key } = target;
  const { headers } = request;
  const attributes = authoriseNewObject(platform, request.caller, bucket, key, headers);
  const expectedBytes = bodyLength(headers);
  if (expectedBytes > LARGEST_PUT)
    throw new AwsError(
      'EntityTooLarge',
      'Your proposed upload exceeds the maximum allowed object size.',
      400,
      {
        ProposedSize: String(expectedBytes),
        MaxSizeAllowed: String(LARGEST_PUT),
      },
    );
  const expected = readExpectedChecksums(headers);
  if (
    attributes.retention !== undefined &&
    expected.contentMd5 === undefined &&
    expected.checksum === undefined
  )
    throw invalidRequest(
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  const object = await storeObject(platform, {
    bucket,
    key,
    attributes,
    condition: new ConditionalWrite(bucket.store, key, readWriteCondition(headers)),
    body: request.body,
    expectedBytes,
    expected,
    trailers: request.trailers,
    bodySha256: request.bodySha256,
    cause: causeOf(request, 'PutObject'),
  });
  response.setHeader('ETag', `"${object.etag}"`);
  writeVersionHeader(response, object.versionId);
  writeChecksumHeaders(response, object);
  writeEncryptionHeaders(response, bucket, object.kmsKeyArn);
  response.setHeader('Content-Length', '0');
  response.end();
}

/**
 * Reads what a request says of the object it makes, and asks for every permission that this takes: the object, its
 * tags, its lock, the key.
 */
export function authoriseNewObject(
  platform: S3Platform,
  caller: Caller,
  bucket: Bucket,
  key: string,
  headers: IncomingHttpHeaders,
  multipart = false,
): ObjectAttributes {
  checkKey(key);
  refuseUnknownWriteHeaders(headers);
  const now = platform.clock.now().getTime();
  const tags = readTagHeader(headers['x-amz-tagging']);
  const lock = lockOfNewObject(bucket, headers, now);
  const explicitRetention = headers['x-amz-object-lock-mode'] !== undefined;
  const arn = objectArn(bucket, key);
  const context = {
    ...headerContext(headers),
    ...requestTagContext(tags),
    ...(explicitRetention ? lockContext(lock, now) : {}),
  };
  caller.authorise('s3:PutObject', arn, context);
  if (Object.keys(tags).length > 0) caller.authorise('s3:PutObjectTagging', arn, context);
  if (explicitRetention) caller.authorise('s3:PutObjectRetention', arn, context);
  if (lock.legalHold !== undefined) caller.authorise('s3:PutObjectLegalHold', arn, context);
  const kmsKeyArn = platform.encryption.keyFor(bucket, headers);
  platform.encryption.authoriseWrite(caller, bucket, key, kmsKeyArn, multipart);
  return { ...readObjectHeaders(headers), tags, ...lock, kmsKeyArn };
}
